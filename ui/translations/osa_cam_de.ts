<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>AboutStep</name>
    <message>
        <source>It shows a real person</source>
        <translation>Es zeigt einen echten Menschen</translation>
    </message>
    <message>
        <source>What did this person agree to?</source>
        <translation>Womit ist dieser Mensch einverstanden?</translation>
    </message>
    <message>
        <source>Or why nobody has to be asked. It is kept in the avatar.</source>
        <translation>Oder warum niemand gefragt werden muss. Das wird im Avatar festgehalten.</translation>
    </message>
    <message>
        <source>Who is it?</source>
        <translation>Wer ist es?</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>As it stands among the avatars.</source>
        <translation>Wie er unter den Avataren steht.</translation>
    </message>
    <message>
        <source>Who made the picture?</source>
        <translation>Wer hat das Bild gemacht?</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>Who may use it.</source>
        <translation>Wer es benutzen darf.</translation>
    </message>
    <message>
        <source>Kind of picture</source>
        <translation>Art des Bildes</translation>
    </message>
    <message>
        <source>Somebody who lives or lived, also where the picture is drawn.</source>
        <translation>Jemand, der lebt oder gelebt hat, auch wenn das Bild gezeichnet ist.</translation>
    </message>
    <message>
        <source>4. Who it is</source>
        <translation>4. Wer es ist</translation>
    </message>
</context>
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
        <source>Next expression</source>
        <translation>Nächster Ausdruck</translation>
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
        <source>Show preview</source>
        <translation>Vorschau zeigen</translation>
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
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
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
    <name>FaceFrame</name>
    <message>
        <source>Where the face is</source>
        <translation>Wo das Gesicht ist</translation>
    </message>
    <message>
        <source>Arrow keys move the circle, plus and minus change its size</source>
        <translation>Pfeiltasten bewegen den Kreis, Plus und Minus ändern seine Größe</translation>
    </message>
</context>
<context>
    <name>FaceStep</name>
    <message>
        <source>How it is cut</source>
        <translation>Wie es zugeschnitten wird</translation>
    </message>
    <message>
        <source>Remove the background</source>
        <translation>Hintergrund entfernen</translation>
    </message>
    <message>
        <source>Works where the person has other colours than what is behind. What is transparent already stays so.</source>
        <translation>Gelingt, wo die Person andere Farben hat als das, was dahinter ist. Was schon durchsichtig ist, bleibt es.</translation>
    </message>
    <message>
        <source>1. The face</source>
        <translation>1. Das Gesicht</translation>
    </message>
</context>
<context>
    <name>FitStep</name>
    <message>
        <source>Choose a video…</source>
        <translation>Video wählen …</translation>
    </message>
    <message>
        <source>The avatar is saved and can be used. Where you have a video of the person, framed as the picture is, {minutes} minutes of training may bring eyes and mouth a little closer. Without one, nothing would be gained.</source>
        <translation>Der Avatar ist gespeichert und kann benutzt werden. Hast du ein Video der Person, das sie wie auf dem Bild zeigt, so können {minutes} Minuten Training Augen und Mund ein wenig näher bringen. Ohne Video wäre nichts gewonnen.</translation>
    </message>
    <message>
        <source>Before and after</source>
        <translation>Vorher und nachher</translation>
    </message>
    <message>
        <source>From the left: as it should be, before, after.</source>
        <translation>Von links: wie es sein soll, vorher, nachher.</translation>
    </message>
    <message>
        <source>5. Fit it</source>
        <translation>5. Anpassen</translation>
    </message>
    <message>
        <source>A video of the person</source>
        <translation>Ein Video der Person</translation>
    </message>
    <message>
        <source>Videos (*.mp4 *.mkv *.mov *.webm *.avi)</source>
        <translation>Videos (*.mp4 *.mkv *.mov *.webm *.avi)</translation>
    </message>
</context>
<context>
    <name>Fitting</name>
    <message>
        <source>The training could not be started.</source>
        <translation>Das Training ließ sich nicht starten.</translation>
    </message>
    <message>
        <source>Fitting; it takes about {minutes} minutes.</source>
        <translation>Wird angepasst; das dauert etwa {minutes} Minuten.</translation>
    </message>
    <message>
        <source>Fitting; about {minutes} minutes are left.</source>
        <translation>Wird angepasst; noch etwa {minutes} Minuten.</translation>
    </message>
    <message>
        <source>Done. Painted as the picture is (in dB, more is better): eyes {eyes}, mouth {mouth}. Choose it again to wear it so.</source>
        <translation>Fertig. So genau wie das Bild gemalt (in dB, mehr ist besser): Augen {eyes}, Mund {mouth}. Wähle ihn noch einmal, um ihn so zu tragen.</translation>
    </message>
    <message>
        <source>The training ended without a result.</source>
        <translation>Das Training endete ohne Ergebnis.</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>Fertig.</translation>
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
    <name>HandleEditor</name>
    <message>
        <source>Page up and page down choose a point, arrow keys move it</source>
        <translation>Bild auf und Bild ab wählen einen Punkt, Pfeiltasten bewegen ihn</translation>
    </message>
</context>
<context>
    <name>Hotkeys</name>
    <message>
        <source>While OSA Cam is in front, these always work:</source>
        <translation>Solange OSA Cam vorn ist, gehen immer auch diese:</translation>
    </message>
    <message>
        <source>Click, then press a key</source>
        <translation>Klicken, dann Taste drücken</translation>
    </message>
    <message>
        <source>Your desktop&apos;s key for this: {keys}</source>
        <translation>Die Taste deines Desktops dafür: {keys}</translation>
    </message>
    <message>
        <source>They work in every program, also while a game or a call is in front.</source>
        <translation>Sie wirken in jedem Programm, auch wenn ein Spiel oder ein Anruf vorn ist.</translation>
    </message>
    <message>
        <source>They work in every program. Your desktop asks you first, and may choose other keys.</source>
        <translation>Sie wirken in jedem Programm. Dein Desktop fragt dich vorher und wählt vielleicht andere Tasten.</translation>
    </message>
    <message>
        <source>On macOS they work while OSA Cam is in front. For a key that works everywhere, make a shortcut in the app Shortcuts that runs this line, and give it a key:</source>
        <translation>Unter macOS wirken sie, solange OSA Cam vorn ist. Für eine Taste, die überall wirkt, lege in der App Kurzbefehle einen Kurzbefehl an, der diese Zeile ausführt, und gib ihm eine Taste:</translation>
    </message>
    <message>
        <source>On this desktop they work while OSA Cam is in front. For a key that works everywhere, let your keyboard settings run this line:</source>
        <translation>Auf diesem Desktop wirken sie, solange OSA Cam vorn ist. Für eine Taste, die überall wirkt, trage diese Zeile in den Tastatureinstellungen des Systems ein:</translation>
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
    <name>OwnPicture</name>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Looking for a face…</source>
        <translation>Ein Gesicht wird gesucht …</translation>
    </message>
    <message>
        <source>Your own picture</source>
        <translation>Dein eigenes Bild</translation>
    </message>
    <message>
        <source>Save and use it</source>
        <translation>Speichern und benutzen</translation>
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
    <message>
        <source>You are live: the preview speaks when you are not.</source>
        <translation>Du bist live: Die Vorschau spricht, wenn du es nicht bist.</translation>
    </message>
    <message>
        <source>Still to be filled in: {lines}</source>
        <translation>Noch auszufüllen: {lines}</translation>
    </message>
    <message>
        <source>No face is found. Drag the circle onto it: from the hairline to the chin.</source>
        <translation>Kein Gesicht gefunden. Zieh den Kreis darauf: vom Haaransatz bis zum Kinn.</translation>
    </message>
    <message>
        <source>A face is found. If the circle is wrong, drag it, or pull its knob.</source>
        <translation>Ein Gesicht ist gefunden. Sitzt der Kreis falsch, zieh ihn oder seinen Griff.</translation>
    </message>
    <message>
        <source>{count} faces are found. Click the one that shall speak.</source>
        <translation>{count} Gesichter gefunden. Klick auf das, das sprechen soll.</translation>
    </message>
    <message>
        <source>This picture can&apos;t be used.</source>
        <translation>Dieses Bild lässt sich nicht verwenden.</translation>
    </message>
</context>
<context>
    <name>PointsStep</name>
    <message>
        <source>2. Eyes, mouth and outline</source>
        <translation>2. Augen, Mund und Umriss</translation>
    </message>
    <message>
        <source>The points are only a guess here. Drag them to where they belong, or go on without: then none are kept.</source>
        <translation>Die Punkte sind hier nur geraten. Zieh sie an ihren Platz, oder mach ohne sie weiter: Dann werden keine behalten.</translation>
    </message>
    <message>
        <source>Are the points where they belong? If not, drag them. They are kept with the avatar.</source>
        <translation>Sitzen die Punkte richtig? Wenn nicht, zieh sie. Sie werden mit dem Avatar behalten.</translation>
    </message>
</context>
<context>
    <name>PreviewStep</name>
    <message>
        <source>The portrait speaking</source>
        <translation>Das sprechende Porträt</translation>
    </message>
    <message>
        <source>3. A look at it</source>
        <translation>3. Ein Blick darauf</translation>
    </message>
    <message>
        <source>It speaks with a voice that comes along, without a sound. With yours it will move the same way.</source>
        <translation>Es spricht mit einer mitgelieferten Stimme, ohne Ton. Mit Ihrer bewegt es sich genauso.</translation>
    </message>
    <message>
        <source>Does it not look right? Go back and move the circle so that head and shoulders are seen.</source>
        <translation>Sieht es nicht gut aus? Geh zurück und verschieb den Kreis, bis Kopf und Schultern zu sehen sind.</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Graphics card</source>
        <translation>Grafikkarte</translation>
    </message>
    <message>
        <source>How much of its time the avatar may take; the game has the rest.</source>
        <translation>Wie viel ihrer Zeit der Avatar nehmen darf; den Rest hat das Spiel.</translation>
    </message>
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
        <source>Invisible mark</source>
        <translation>Unsichtbares Zeichen</translation>
    </message>
    <message>
        <source>Nobody sees it; a program can tell by it that the face is made up.</source>
        <translation>Niemand sieht es; ein Programm erkennt daran, dass das Gesicht künstlich ist.</translation>
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
        <source>Hotkeys</source>
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
    <name>verdicts</name>
    <message>
        <source>{device}, {rate} Hz, {level} dB while listening</source>
        <translation>{device}, {rate} Hz, {level} dB beim Zuhören</translation>
    </message>
    <message>
        <source>PortAudio is missing, so no microphone can be heard</source>
        <translation>PortAudio fehlt, deshalb ist kein Mikrofon zu hören</translation>
    </message>
    <message>
        <source>no microphone can be seen: this user may not open {folder}; log out and in again afterwards</source>
        <translation>kein Mikrofon zu sehen: Dieser Benutzer darf {folder} nicht öffnen; danach ab- und wieder anmelden</translation>
    </message>
    <message>
        <source>Windows keeps desktop programs from the microphone: switch on both permissions on that page</source>
        <translation>Windows sperrt Desktop-Programmen das Mikrofon: Schalte auf jener Seite beide Erlaubnisse ein</translation>
    </message>
    <message>
        <source>{device}: it delivers no samples, as after the computer slept; unplug it and plug it in again</source>
        <translation>{device}: Es kommt nichts an, wie nach dem Ruhezustand; zieh es ab und steck es wieder ein</translation>
    </message>
    <message>
        <source>{device}: it delivers nothing but zeros; it is muted, or the system keeps it from us</source>
        <translation>{device}: Es kommen nur Nullen an; es ist stumm, oder das System enthält es uns vor</translation>
    </message>
    <message>
        <source>{device}: it is muted in the system, or its volume is zero</source>
        <translation>{device}: Es ist im System stumm, oder die Lautstärke ist null</translation>
    </message>
    <message>
        <source>{device}: what it hears is this computer&apos;s own speakers ({source}), no microphone</source>
        <translation>{device}: Zu hören sind die Lautsprecher dieses Rechners ({source}), kein Mikrofon</translation>
    </message>
    <message>
        <source>{device}: it clips; turn its volume down</source>
        <translation>{device}: Es übersteuert; stell es leiser</translation>
    </message>
    <message>
        <source>{device}: {count} have this name; plugged in again, the other one may be chosen. Unplug what you don&apos;t use</source>
        <translation>{device}: {count} heißen so; nach dem Einstecken kann das andere gewählt sein. Zieh ab, was du nicht brauchst</translation>
    </message>
    <message>
        <source>{device} takes 1280x720; programs get it as it is, the preview alone is a mirror</source>
        <translation>{device} nimmt 1280x720; Programme bekommen es, wie es ist, nur die Vorschau ist gespiegelt</translation>
    </message>
    <message>
        <source>v4l2loopback is not installed for this kernel ({kernel})</source>
        <translation>v4l2loopback ist für diesen Kernel nicht installiert ({kernel})</translation>
    </message>
    <message>
        <source>v4l2loopback is installed but not loaded</source>
        <translation>v4l2loopback ist installiert, aber nicht geladen</translation>
    </message>
    <message>
        <source>v4l2loopback is installed but not loaded: Secure Boot is on, so its key has to be enrolled, at the next start</source>
        <translation>v4l2loopback ist installiert, aber nicht geladen: Secure Boot ist an, deshalb muss beim nächsten Start sein Schlüssel eingetragen werden</translation>
    </message>
    <message>
        <source>v4l2loopback is loaded but has no device</source>
        <translation>v4l2loopback ist geladen, hat aber kein Gerät</translation>
    </message>
    <message>
        <source>{device} may not be written by this user; log out and in again afterwards</source>
        <translation>{device} darf dieser Benutzer nicht beschreiben; danach ab- und wieder anmelden</translation>
    </message>
    <message>
        <source>{device} is in use by {who}: stop its virtual camera there, or end it</source>
        <translation>{device} wird von {who} benutzt: Beende dort die virtuelle Kamera oder das Programm</translation>
    </message>
    <message>
        <source>{device} works; other programs list it as {label!r}, not {wanted!r}</source>
        <translation>{device} geht; andere Programme nennen es {label!r}, nicht {wanted!r}</translation>
    </message>
    <message>
        <source>{device} works; browsers and Zoom hide it, because it was loaded without exclusive_caps=1</source>
        <translation>{device} geht; Browser und Zoom verbergen es, weil es ohne exclusive_caps=1 geladen wurde</translation>
    </message>
    <message>
        <source>{device} works; programs that get their cameras from PipeWire do not see it</source>
        <translation>{device} geht; Programme, die ihre Kameras von PipeWire bekommen, sehen es nicht</translation>
    </message>
    <message>
        <source>OBS Studio, whose virtual camera is used, is not installed</source>
        <translation>OBS Studio, dessen virtuelle Kamera benutzt wird, ist nicht installiert</translation>
    </message>
    <message>
        <source>{device} works; Windows keeps desktop programs from cameras: switch on both permissions on that page</source>
        <translation>{device} geht; Windows sperrt Desktop-Programmen die Kameras: Schalte auf jener Seite beide Erlaubnisse ein</translation>
    </message>
    <message>
        <source>macOS {version} has no camera extensions: {wanted} or newer is needed</source>
        <translation>macOS {version} kennt keine Kamera-Erweiterungen: {wanted} oder neuer ist nötig</translation>
    </message>
    <message>
        <source>OBS&apos;s camera extension is not installed: start OBS 30 or newer and press Start Virtual Camera once</source>
        <translation>Die Kamera-Erweiterung von OBS ist nicht installiert: Starte OBS 30 oder neuer und drück einmal auf Virtuelle Kamera starten</translation>
    </message>
    <message>
        <source>OBS&apos;s camera extension waits for you to allow it ({state})</source>
        <translation>Die Kamera-Erweiterung von OBS wartet auf deine Erlaubnis ({state})</translation>
    </message>
    <message>
        <source>{size}: programs know this size</source>
        <translation>{size}: Programme kennen diese Größe</translation>
    </message>
    <message>
        <source>{size}: some programs, Discord among them, show black at sizes like this one</source>
        <translation>{size}: Manche Programme, auch Discord, zeigen bei solchen Größen Schwarz</translation>
    </message>
    <message>
        <source>{model}: all its files are whole</source>
        <translation>{model}: Alle Dateien sind vollständig</translation>
    </message>
    <message>
        <source>{frame} ms a frame of {has}, {engine}, {memory} MB</source>
        <translation>{frame} ms je Bild von {has}, {engine}, {memory} MB</translation>
    </message>
    <message>
        <source>{frame} ms a frame of {has}, {engine}, {memory} MB: fewer than {fps} frames a second will be painted; end others</source>
        <translation>{frame} ms je Bild von {has}, {engine}, {memory} MB: Weniger als {fps} Bilder in der Sekunde werden gemalt; beende andere Programme</translation>
    </message>
    <message>
        <source>{frame} ms a frame of {has}, {engine}, {memory} MB: too slow for a picture that moves; end other programs</source>
        <translation>{frame} ms je Bild von {has}, {engine}, {memory} MB: zu langsam für ein Bild, das sich bewegt; beende andere Programme</translation>
    </message>
    <message>
        <source>{free} GB free in {folder}</source>
        <translation>{free} GB frei in {folder}</translation>
    </message>
    <message>
        <source>{free} GB free in {folder}: a recording may fill it</source>
        <translation>{free} GB frei in {folder}: Eine Aufnahme kann ihn füllen</translation>
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
        <source>Size of the picture</source>
        <translation>Größe des Bildes</translation>
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
        <source>Next expression</source>
        <translation>Nächster Ausdruck</translation>
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
    <message>
        <source>This key can&apos;t be used in other programs. Choose another one.</source>
        <translation>Diese Taste lässt sich in anderen Programmen nicht benutzen. Wähle eine andere.</translation>
    </message>
    <message>
        <source>You could no longer type with this key. Add Ctrl or Alt, or choose a function key.</source>
        <translation>Mit dieser Taste könntest du nicht mehr schreiben. Nimm Strg oder Alt dazu oder eine Funktionstaste.</translation>
    </message>
    <message>
        <source>Another action has this key already. Choose another one.</source>
        <translation>Diese Taste ist schon für etwas anderes gewählt. Wähle eine andere.</translation>
    </message>
    <message>
        <source>Another program has this key already. Choose another one.</source>
        <translation>Diese Taste hat schon ein anderes Programm. Wähle eine andere.</translation>
    </message>
    <message>
        <source>Your desktop gave no key for this. Look into its keyboard settings, or choose another one.</source>
        <translation>Dein Desktop hat dafür keine Taste vergeben. Sieh in seinen Tastatureinstellungen nach, oder wähle eine andere.</translation>
    </message>
    <message>
        <source>Left eye</source>
        <translation>Linkes Auge</translation>
    </message>
    <message>
        <source>Right eye</source>
        <translation>Rechtes Auge</translation>
    </message>
    <message>
        <source>Left brow</source>
        <translation>Linke Braue</translation>
    </message>
    <message>
        <source>Right brow</source>
        <translation>Rechte Braue</translation>
    </message>
    <message>
        <source>Nose</source>
        <translation>Nase</translation>
    </message>
    <message>
        <source>Mouth</source>
        <translation>Mund</translation>
    </message>
    <message>
        <source>Jaw</source>
        <translation>Kiefer</translation>
    </message>
    <message>
        <source>Outline of the head</source>
        <translation>Umriss des Kopfes</translation>
    </message>
    <message>
        <source>{part}, point {number}</source>
        <translation>{part}, Punkt {number}</translation>
    </message>
    <message>
        <source>Photo</source>
        <translation>Foto</translation>
    </message>
    <message>
        <source>Painting</source>
        <translation>Gemälde</translation>
    </message>
    <message>
        <source>Anime</source>
        <translation>Anime</translation>
    </message>
    <message>
        <source>Cartoon</source>
        <translation>Cartoon</translation>
    </message>
    <message>
        <source>Soft drawing</source>
        <translation>Weiche Zeichnung</translation>
    </message>
    <message>
        <source>Pencil</source>
        <translation>Bleistift</translation>
    </message>
    <message>
        <source>Something else</source>
        <translation>Etwas anderes</translation>
    </message>
</context>
</TS>
