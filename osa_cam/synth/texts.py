"""Sentences to speak, made up by seed: they need not mean much, they have to hold every sound next to every other.

Words are kept by their part in a sentence; numbers, names and hesitations are strewn in, since people say those too.
"""

from __future__ import annotations

import numpy as np

_ENGLISH: dict[str, str] = {
    "who": "my mother|the new neighbour|Mr. Bloom|our best player|a famous painter|the whole family|Barbara|Miguel|Aisha|"
    "Dr. Okafor|the bus driver|somebody|the baby|a young chef|Emma Pemberton|the mayor|their uncle|the team from Bombay|"
    "a strange animal|the last member|Yuki|Mr. Fabian",
    "did": "bought|remembered|painted|broke|combed|wrapped up|admired|threw away|mumbled about|climbed|imagined|borrowed|"
    "measured|put together|forgot|washed|photographed|jumped over|hummed along with|believed in|pushed|chewed|explained|"
    "swept under|fixed|served|played with",
    "which": "a small|the oldest|another purple|some warm|the famous|an empty|a very heavy|the smooth|this humble|"
    "one giant|the bumpy|a cheap|their favourite|an unusual|the thin|a yellow|the broken|each|the damp|a fresh|"
    "the shabby|her simple",
    "what": "umbrella|microphone|lemon pie|pyjamas|bubble|camera|mushroom soup|jacket|beehive|piano|vegetable|thumb|lamp|"
    "bathtub|map|keyboard|zebra|album|theatre ticket|fish bowl|thermometer|garage|wooden spoon|puppet|church tower|apple|"
    "mailbox|hammock|shoelace|balloon|swamp",
    "where": "by the river|at the museum|before breakfast|behind the shop|in September|beneath the bridge|for a while|"
    "on the big farm|from home|with both hands|during the match|above the clouds|until five|near the beach|"
    "in the middle of the room|without a word|at half past ten",
    "how": "Maybe|Well, um,|Hmm,|In my opinion,|Of course|Believe me,|Uh,|So,|By the way,|Sometimes|Finally,|Oh,|Look,|"
    "Mostly|To be honest,|Ha ha,|Mm-hmm,",
    "ask": "Why do you think|Do you remember how|Is it possible that|Who told you that|Can we pretend that|"
    "Would you mind if|Did I mention that",
}
_ENGLISH_FORMS = (
    "{who} {did} {which} {what} {where}.",
    "{how} {who} {did} {which} {what}.",
    "{ask} {who} {did} {which} {what}?",
    "{where}, {who} {did} {which} {what}, and {who} {did} {which} {what}.",
    "{which} {what} and {which} {what} cost {number} pounds {where}!",
    "{how} number {number}, {number} and {number}: {who}.",
    "{which} {what}, {which} {what}, {which} {what}.",
)
_WORDS: dict[str, str] = {
    "es": "la montaña|un abrigo|mi hermano|siempre|el pueblo|bebe agua|quiero|una manzana|verde|muy bien|buenos días|"
    "trabaja|campo|un problema|fuego|llueve|por favor|la ventana|también|jugamos|el pájaro|chocolate|ayer|nube|rápido|"
    "pequeño|sombrero|huevos|viajar|gente|zapatos|guapo",
    "fr": "la montagne|un bonbon|mon frère|toujours|le village|boire de l'eau|je veux|une pomme|vert|très bien|bonjour|"
    "travaille|le champ|problème|du feu|il pleut|s'il vous plaît|la fenêtre|aussi|jouer|un oiseau|chocolat|hier|le nuage|"
    "vite|petit|chapeau|des œufs|voyager|ombre|jeune|lumière",
    "it": "la montagna|un cappotto|mio fratello|sempre|il villaggio|beve acqua|voglio|una mela|verde|molto bene|"
    "buongiorno|lavora|campo|problema|fuoco|piove|per favore|la finestra|anche|giochiamo|uccello|cioccolato|ieri|nuvola|"
    "presto|piccolo|cappello|uova|viaggiare|gente|scarpe|bambino",
    "pt": "a montanha|um casaco|meu irmão|sempre|a aldeia|bebe água|quero|uma maçã|verde|muito bem|bom dia|trabalha|"
    "campo|um problema|fogo|chove|por favor|a janela|também|jogamos|pássaro|chocolate|ontem|nuvem|rápido|pequeno|chapéu|"
    "ovos|viajar|gente|sapatos|bonito|mãe|pão|coração",
    "hi": "पहाड़|मेरा भाई|हमेशा|गाँव|पानी|चाहता हूँ|एक सेब|हरा|बहुत अच्छा|नमस्ते|काम|समस्या|आग|बारिश|कृपया|खिड़की|भी|"
    "खेलते हैं|पक्षी|मिठाई|कल|बादल|जल्दी|छोटा|टोपी|अंडे|यात्रा|लोग|जूते|सुंदर|माँ|रोटी|बच्चा|फूल|मौसम|परिवार|भूख|आम",
    "de": "der Berg|ein Mantel|mein Bruder|immer|das Dorf|trinkt Wasser|ich möchte|einen Apfel|grün|sehr gut|guten Morgen|arbeitet|"
    "das Pferd|ein Problem|Feuer|es regnet|bitte|das Fenster|auch|wir spielen|der Vogel|Schokolade|gestern|die Wolke|schnell|"
    "klein|ein Hut|fünf Eier|verreisen|Leute|neue Schuhe|hübsch|Mutter|Brot|Pfeffer|Kopf|Zwetschgen|übermorgen|Blumenstrauß",
    "ja": "やま|わたしの、あに|いつも|みずを|のみます|りんごを|たべたい|みどり|とても|おはよう|しごと|もんだい|ひ|あめが、ふる|"
    "まどを|あそびましょう|ことり|ちょこれーと|きのう|くも|はやく|ちいさい|ぼうし|たまご|りょこう|ひとびと|くつ|うつくしい|まち|ぱん|べんり|ふゆ|びょういん|ゆめ|ぶどう",
    "zh": "高山|我的哥哥|总是|喝水|想要|一个苹果|绿色|非常好|你好|工作|问题|火车|下雨|请问|窗户|也是|我们玩|小鸟|巧克力|昨天|白云|快跑|"
    "很小|帽子|鸡蛋|旅行|朋友|鞋子|漂亮|妈妈|面包|爸爸|葡萄|飞机|五月|苹果派|明白|不怕|雨伞",
}
LANGUAGES = ("en-us", "en-gb", *_WORDS)


def sentence(rng: np.random.Generator, language: str) -> str:
    """One made-up sentence of a language in LANGUAGES; KeyError for another."""
    if language.startswith("en"):
        kinds = {kind: words.split("|") for kind, words in _ENGLISH.items()}
        said = str(rng.choice(_ENGLISH_FORMS))
        while "{" in said:
            kind = said[said.index("{") + 1 : said.index("}")]
            word = str(rng.integers(2, 1000)) if kind == "number" else str(rng.choice(kinds[kind]))
            said = said.replace("{" + kind + "}", word, 1)
    else:
        words = rng.choice(_WORDS[language].split("|"), int(rng.integers(4, 9)), replace=False).tolist()
        between = "" if language in ("ja", "zh") else " "
        if rng.random() < 0.5:
            words[len(words) // 2] += "、" if language == "ja" else ","
        said = between.join(words) + str(rng.choice([".", ".", "?", "!"]))
    return said[0].upper() + said[1:]
