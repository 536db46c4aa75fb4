<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>Actions</name>
    <message>
        <source>Go live</source>
        <translation>Live gehen</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>Stumm schalten</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>Aufnehmen</translation>
    </message>
    <message>
        <source>Snapshot</source>
        <translation>Schnappschuss</translation>
    </message>
    <message>
        <source>Show window</source>
        <translation>Fenster zeigen</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Doctor</source>
        <translation>Diagnose</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>End</source>
        <translation>Live beenden</translation>
    </message>
    <message>
        <source>Unmute</source>
        <translation>Stummschaltung aufheben</translation>
    </message>
    <message>
        <source>Stop recording</source>
        <translation>Aufnahme beenden</translation>
    </message>
</context>
<context>
    <name>App</name>
    <message>
        <source>The camera stays on</source>
        <translation>Die Kamera bleibt an</translation>
    </message>
    <message>
        <source>OSA Cam goes on in the tray. Quit it there.</source>
        <translation>OSA Cam läuft im Infobereich weiter und lässt sich dort beenden.</translation>
    </message>
</context>
<context>
    <name>AvatarStep</name>
    <message>
        <source>Choose one, or bring any picture of a face. You can change it at any time, even while live.</source>
        <translation>Wähle einen aus oder nimm ein beliebiges Bild eines Gesichts. Du kannst jederzeit wechseln, auch während du live bist.</translation>
    </message>
    <message>
        <source>2. Your avatar</source>
        <translation>2. Dein Avatar</translation>
    </message>
</context>
<context>
    <name>BackgroundRow</name>
    <message>
        <source>Background</source>
        <translation>Hintergrund</translation>
    </message>
    <message>
        <source>A colour</source>
        <translation>Farbe</translation>
    </message>
    <message>
        <source>A picture</source>
        <translation>Bild</translation>
    </message>
    <message>
        <source>The portrait, blurred</source>
        <translation>Unscharfes Porträt</translation>
    </message>
    <message>
        <source>Transparent</source>
        <translation>Durchsichtig</translation>
    </message>
    <message>
        <source>Colour…</source>
        <translation>Farbe …</translation>
    </message>
    <message>
        <source>Picture…</source>
        <translation>Bild …</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>Bilder</translation>
    </message>
</context>
<context>
    <name>CameraStep</name>
    <message>
        <source>Check again</source>
        <translation>Erneut prüfen</translation>
    </message>
    <message>
        <source>In Zoom, OBS or Discord, choose the camera called OSA Cam.</source>
        <translation>Wähle in Zoom, OBS oder Discord die Kamera „OSA Cam“.</translation>
    </message>
    <message>
        <source>3. Your camera</source>
        <translation>3. Deine Kamera</translation>
    </message>
    <message>
        <source>Once you are live, the line under the big button shows the page&apos;s address.</source>
        <translation>Sobald du live bist, zeigt die Zeile unter dem großen Knopf die Adresse der Seite.</translation>
    </message>
</context>
<context>
    <name>CheckCard</name>
    <message>
        <source>Choose another microphone</source>
        <translation>Anderes Mikrofon wählen</translation>
    </message>
    <message>
        <source>Use a page in the browser meanwhile</source>
        <translation>Vorerst eine Seite im Browser benutzen</translation>
    </message>
</context>
<context>
    <name>DoctorPage</name>
    <message>
        <source>Check now</source>
        <translation>Jetzt prüfen</translation>
    </message>
    <message>
        <source>Tries your microphone, the camera and the speed of this computer. It takes some seconds.</source>
        <translation>Probiert Mikrofon, Kamera und Tempo dieses Rechners aus. Das dauert einige Sekunden.</translation>
    </message>
    <message>
        <source>Doctor</source>
        <translation>Diagnose</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>Wird geprüft …</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>Erneut prüfen</translation>
    </message>
    <message>
        <source>Something needs fixing before you go live.</source>
        <translation>Bevor du live gehst, muss etwas behoben werden.</translation>
    </message>
    <message>
        <source>You can go live; something could be better.</source>
        <translation>Du kannst live gehen; etwas könnte besser sein.</translation>
    </message>
    <message>
        <source>All is well. You can go live.</source>
        <translation>Alles in Ordnung. Du kannst live gehen.</translation>
    </message>
</context>
<context>
    <name>Expressions</name>
    <message>
        <source>Liveliness</source>
        <translation>Lebhaftigkeit</translation>
    </message>
    <message>
        <source>Calm</source>
        <translation>Ruhig</translation>
    </message>
    <message>
        <source>Lively</source>
        <translation>Lebhaft</translation>
    </message>
</context>
<context>
    <name>FixLine</name>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy: {line}</source>
        <translation>Kopieren: {line}</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>Kopiert</translation>
    </message>
</context>
<context>
    <name>Gallery</name>
    <message>
        <source>Search avatars</source>
        <translation>Avatare suchen</translation>
    </message>
    <message>
        <source>Avatars</source>
        <translation>Avatare</translation>
    </message>
    <message>
        <source>No avatar is called that.</source>
        <translation>Kein Avatar heißt so.</translation>
    </message>
    <message>
        <source>Add avatar…</source>
        <translation>Avatar hinzufügen …</translation>
    </message>
    <message>
        <source>A picture or a pack; you can also drop the file here</source>
        <translation>Ein Bild oder ein Paket; du kannst die Datei auch hierher ziehen</translation>
    </message>
    <message>
        <source>Add an avatar</source>
        <translation>Avatar hinzufügen</translation>
    </message>
    <message>
        <source>Pictures and packs</source>
        <translation>Bilder und Pakete</translation>
    </message>
</context>
<context>
    <name>LivePage</name>
    <message>
        <source>Avatar</source>
        <translation>Avatar</translation>
    </message>
    <message>
        <source>Expression</source>
        <translation>Ausdruck</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>Aufnahme läuft</translation>
    </message>
</context>
<context>
    <name>LiveView</name>
    <message>
        <source>Preview of the camera</source>
        <translation>Vorschau der Kamera</translation>
    </message>
    <message>
        <source>Mirrored for you; others see it the right way round</source>
        <translation>Nur für dich gespiegelt; andere sehen es seitenrichtig</translation>
    </message>
</context>
<context>
    <name>Meter</name>
    <message>
        <source>Microphone level and speech threshold</source>
        <translation>Mikrofonpegel und Sprachschwelle</translation>
    </message>
    <message>
        <source>Drag the mark to set what counts as speech; double-click to let the room decide</source>
        <translation>Ziehe die Marke dorthin, wo Sprache beginnt; ein Doppelklick richtet sie wieder nach dem Raum</translation>
    </message>
</context>
<context>
    <name>MicrophoneStep</name>
    <message>
        <source>Microphone</source>
        <translation>Mikrofon</translation>
    </message>
    <message>
        <source>1. Your microphone</source>
        <translation>1. Dein Mikrofon</translation>
    </message>
    <message>
        <source>Say something: the bar has to move.</source>
        <translation>Sag etwas: Der Balken muss sich bewegen.</translation>
    </message>
    <message>
        <source>System default</source>
        <translation>Standard des Systems</translation>
    </message>
    <message>
        <source>I hear you.</source>
        <translation>Ich höre dich.</translation>
    </message>
    <message>
        <source>Listening…</source>
        <translation>Ich höre zu …</translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Close this message</source>
        <translation>Meldung schließen</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>Mikrofon</translation>
    </message>
    <message>
        <source>Gain</source>
        <translation>Verstärkung</translation>
    </message>
    <message>
        <source>How much louder your voice is made.</source>
        <translation>Um wie viel deine Stimme lauter gemacht wird.</translation>
    </message>
    <message>
        <source>Speech threshold</source>
        <translation>Sprachschwelle</translation>
    </message>
    <message>
        <source>What is quieter never moves the mouth.</source>
        <translation>Was leiser ist, bewegt den Mund nie.</translation>
    </message>
    <message>
        <source>Delayed microphone</source>
        <translation>Verzögertes Mikrofon</translation>
    </message>
    <message>
        <source>Plays your voice in step with the picture, into a virtual cable that your call listens to.</source>
        <translation>Gibt deine Stimme im Takt des Bildes aus, in ein virtuelles Kabel, dem dein Anruf zuhört.</translation>
    </message>
    <message>
        <source>{fps} fps</source>
        <translation>{fps} Bilder/s</translation>
    </message>
    <message>
        <source>Show all of the portrait</source>
        <translation>Ganzes Porträt zeigen</translation>
    </message>
    <message>
        <source>Fill the picture</source>
        <translation>Bild ausfüllen</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Kamera</translation>
    </message>
    <message>
        <source>The one that you choose in Zoom, OBS or Discord.</source>
        <translation>Die, die du in Zoom, OBS oder Discord auswählst.</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Some programs only take 1280 × 720.</source>
        <translation>Manche Programme nehmen nur 1280 × 720.</translation>
    </message>
    <message>
        <source>Frame rate</source>
        <translation>Bildrate</translation>
    </message>
    <message>
        <source>Framing</source>
        <translation>Ausschnitt</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>Hintergrund</translation>
    </message>
    <message>
        <source>Badge</source>
        <translation>Kennzeichnung</translation>
    </message>
    <message>
        <source>A small mark that says the face is made up.</source>
        <translation>Ein kleines Zeichen, dass das Gesicht künstlich ist.</translation>
    </message>
    <message>
        <source>System default</source>
        <translation>Standard des Systems</translation>
    </message>
    <message>
        <source>Start with the system</source>
        <translation>Mit dem System starten</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>Programm</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>Rechenwerk</translation>
    </message>
    <message>
        <source>What computes the picture.</source>
        <translation>Was das Bild berechnet.</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>Sprache</translation>
    </message>
    <message>
        <source>Waits in the tray, not live.</source>
        <translation>Wartet im Infobereich, nicht live.</translation>
    </message>
    <message>
        <source>They work while OSA Cam is in front. For keys that work everywhere, let your system run: {line}</source>
        <translation>Sie gelten, solange OSA Cam vorn ist. Für Tasten, die überall gelten, lass dein System dies aufrufen: {line}</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>Tastenkürzel</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>Aus</translation>
    </message>
    <message>
        <source>Browser page</source>
        <translation>Seite im Browser</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Avatar</source>
        <translation>Avatar</translation>
    </message>
    <message>
        <source>Expression</source>
        <translation>Ausdruck</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>Mikrofon</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>Kamera</translation>
    </message>
    <message>
        <source>System default</source>
        <translation>Standard des Systems</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <source>Browser page</source>
        <translation>Seite im Browser</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>Welcome to OSA Cam</source>
        <translation>Willkommen bei OSA Cam</translation>
    </message>
    <message>
        <source>Your voice goes in, a speaking portrait comes out of a camera. Nothing leaves this computer.</source>
        <translation>Deine Stimme geht hinein, ein sprechendes Porträt kommt aus einer Kamera. Nichts verlässt diesen Rechner.</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Step {step} of {steps}</source>
        <translation>Schritt {step} von {steps}</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>Live</source>
        <translation>Live</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Doctor</source>
        <translation>Diagnose</translation>
    </message>
    <message>
        <source>Saved: {path}</source>
        <translation>Gespeichert: {path}</translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation>Ordner zeigen</translation>
    </message>
</context>
<context>
    <name>status_line</name>
    <message>
        <source>{fps} fps</source>
        <translation>{fps} Bilder/s</translation>
    </message>
    <message>
        <source>{ms} ms behind your voice</source>
        <translation>{ms} ms hinter deiner Stimme</translation>
    </message>
    <message>
        <source>sound {ms} ms later</source>
        <translation>Ton {ms} ms später</translation>
    </message>
    <message>
        <source>{count} missed</source>
        <translation>{count} ausgelassen</translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>Not live</source>
        <translation>Nicht live</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Startet …</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>Live</translation>
    </message>
    <message>
        <source>Live, muted</source>
        <translation>Live, stumm</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>Problem</translation>
    </message>
    <message>
        <source>Neutral</source>
        <translation>Neutral</translation>
    </message>
    <message>
        <source>Happy</source>
        <translation>Fröhlich</translation>
    </message>
    <message>
        <source>Sad</source>
        <translation>Traurig</translation>
    </message>
    <message>
        <source>Angry</source>
        <translation>Wütend</translation>
    </message>
    <message>
        <source>Surprised</source>
        <translation>Überrascht</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>Mikrofon</translation>
    </message>
    <message>
        <source>Virtual camera</source>
        <translation>Virtuelle Kamera</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>Tempo</translation>
    </message>
    <message>
        <source>Disk space</source>
        <translation>Speicherplatz</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>Gut</translation>
    </message>
    <message>
        <source>Could be better</source>
        <translation>Könnte besser sein</translation>
    </message>
    <message>
        <source>Needs fixing</source>
        <translation>Muss behoben werden</translation>
    </message>
    <message>
        <source>Go live or end</source>
        <translation>Live gehen oder beenden</translation>
    </message>
    <message>
        <source>Mute or unmute</source>
        <translation>Stumm schalten oder aufheben</translation>
    </message>
    <message>
        <source>Start or stop recording</source>
        <translation>Aufnahme starten oder beenden</translation>
    </message>
    <message>
        <source>Take a snapshot</source>
        <translation>Schnappschuss machen</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
</context>
</TS>
