<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
<context>
    <name>AboutStep</name>
    <message>
        <source>It shows a real person</source>
        <translation>実在の人物が写っている</translation>
    </message>
    <message>
        <source>What did this person agree to?</source>
        <translation>この人は何に同意しましたか?</translation>
    </message>
    <message>
        <source>Or why nobody has to be asked. It is kept in the avatar.</source>
        <translation>または同意が不要な理由。アバターに記録されます。</translation>
    </message>
    <message>
        <source>Who is it?</source>
        <translation>それは誰ですか?</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名前</translation>
    </message>
    <message>
        <source>As it stands among the avatars.</source>
        <translation>アバター一覧での表示名。</translation>
    </message>
    <message>
        <source>Who made the picture?</source>
        <translation>画像の作者</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>ライセンス</translation>
    </message>
    <message>
        <source>Who may use it.</source>
        <translation>誰が使ってよいか。</translation>
    </message>
    <message>
        <source>Kind of picture</source>
        <translation>画像の種類</translation>
    </message>
    <message>
        <source>Somebody who lives or lived, also where the picture is drawn.</source>
        <translation>存命または過去に実在した人。絵であっても同じです。</translation>
    </message>
    <message>
        <source>4. Who it is</source>
        <translation>4. 誰なのか</translation>
    </message>
</context>
<context>
    <name>Actions</name>
    <message>
        <source>Go live</source>
        <translation>ライブ開始</translation>
    </message>
    <message>
        <source>Mute</source>
        <translation>ミュート</translation>
    </message>
    <message>
        <source>Next expression</source>
        <translation>次の表情</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>録画</translation>
    </message>
    <message>
        <source>Snapshot</source>
        <translation>スナップショット</translation>
    </message>
    <message>
        <source>Show preview</source>
        <translation>プレビューを表示</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>Doctor</source>
        <translation>診断</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>終了</translation>
    </message>
    <message>
        <source>End</source>
        <translation>ライブ終了</translation>
    </message>
    <message>
        <source>Unmute</source>
        <translation>ミュート解除</translation>
    </message>
    <message>
        <source>Stop recording</source>
        <translation>録画を停止</translation>
    </message>
</context>
<context>
    <name>App</name>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>The camera stays on</source>
        <translation>カメラはオンのままです</translation>
    </message>
    <message>
        <source>OSA Cam goes on in the tray. Quit it there.</source>
        <translation>OSA Cam はトレイで動作を続けます。終了するにはトレイのアイコンを使ってください。</translation>
    </message>
</context>
<context>
    <name>AvatarStep</name>
    <message>
        <source>Choose one, or bring any picture of a face. You can change it at any time, even while live.</source>
        <translation>一覧から選ぶか、顔の写っている画像を追加してください。ライブ中でもいつでも変更できます。</translation>
    </message>
    <message>
        <source>2. Your avatar</source>
        <translation>2. アバター</translation>
    </message>
</context>
<context>
    <name>BackgroundRow</name>
    <message>
        <source>Background</source>
        <translation>背景</translation>
    </message>
    <message>
        <source>A colour</source>
        <translation>単色</translation>
    </message>
    <message>
        <source>A picture</source>
        <translation>画像</translation>
    </message>
    <message>
        <source>The portrait, blurred</source>
        <translation>アバターをぼかす</translation>
    </message>
    <message>
        <source>Transparent</source>
        <translation>透明</translation>
    </message>
    <message>
        <source>Colour…</source>
        <translation>色…</translation>
    </message>
    <message>
        <source>Picture…</source>
        <translation>画像…</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>画像</translation>
    </message>
</context>
<context>
    <name>CameraStep</name>
    <message>
        <source>Check again</source>
        <translation>もう一度確認</translation>
    </message>
    <message>
        <source>In Zoom, OBS or Discord, choose the camera called OSA Cam.</source>
        <translation>Zoom、OBS、Discord で「OSA Cam」というカメラを選んでください。</translation>
    </message>
    <message>
        <source>3. Your camera</source>
        <translation>3. カメラ</translation>
    </message>
    <message>
        <source>Once you are live, the line under the big button shows the page&apos;s address.</source>
        <translation>ライブを始めると、大きなボタンの下の行にページのアドレスが表示されます。</translation>
    </message>
</context>
<context>
    <name>CheckCard</name>
    <message>
        <source>Choose another microphone</source>
        <translation>別のマイクを選ぶ</translation>
    </message>
    <message>
        <source>Use a page in the browser meanwhile</source>
        <translation>当面はブラウザーのページを使う</translation>
    </message>
</context>
<context>
    <name>DoctorPage</name>
    <message>
        <source>Check now</source>
        <translation>今すぐ確認</translation>
    </message>
    <message>
        <source>Tries your microphone, the camera and the speed of this computer. It takes some seconds.</source>
        <translation>マイク、カメラ、このコンピューターの速度を確認します。数秒かかります。</translation>
    </message>
    <message>
        <source>Doctor</source>
        <translation>診断</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>確認中…</translation>
    </message>
    <message>
        <source>Check again</source>
        <translation>もう一度確認</translation>
    </message>
    <message>
        <source>Something needs fixing before you go live.</source>
        <translation>ライブを始める前に直すべき点があります。</translation>
    </message>
    <message>
        <source>You can go live; something could be better.</source>
        <translation>ライブを始められますが、改善できる点があります。</translation>
    </message>
    <message>
        <source>All is well. You can go live.</source>
        <translation>すべて問題ありません。ライブを始められます。</translation>
    </message>
</context>
<context>
    <name>Expressions</name>
    <message>
        <source>Liveliness</source>
        <translation>動きの大きさ</translation>
    </message>
    <message>
        <source>Calm</source>
        <translation>控えめ</translation>
    </message>
    <message>
        <source>Lively</source>
        <translation>活発</translation>
    </message>
</context>
<context>
    <name>FaceFrame</name>
    <message>
        <source>Where the face is</source>
        <translation>顔の位置</translation>
    </message>
    <message>
        <source>Arrow keys move the circle, plus and minus change its size</source>
        <translation>矢印キーで円を移動、プラスとマイナスで大きさを変更</translation>
    </message>
</context>
<context>
    <name>FaceStep</name>
    <message>
        <source>How it is cut</source>
        <translation>切り抜きの結果</translation>
    </message>
    <message>
        <source>Remove the background</source>
        <translation>背景を消す</translation>
    </message>
    <message>
        <source>Works where the person has other colours than what is behind. What is transparent already stays so.</source>
        <translation>人物と背景の色が違うときに使えます。もともと透明な部分はそのままです。</translation>
    </message>
    <message>
        <source>1. The face</source>
        <translation>1. 顔</translation>
    </message>
</context>
<context>
    <name>FitStep</name>
    <message>
        <source>Choose a video…</source>
        <translation>動画を選ぶ…</translation>
    </message>
    <message>
        <source>The avatar is saved and can be used. Where you have a video of the person, framed as the picture is, {minutes} minutes of training may bring eyes and mouth a little closer. Without one, nothing would be gained.</source>
        <translation>アバターは保存され、もう使えます。本人が写真と同じ構図で映った動画があれば、{minutes} 分の学習で目と口が少し近づくことがあります。動画がなければ効果はありません。</translation>
    </message>
    <message>
        <source>Before and after</source>
        <translation>前と後</translation>
    </message>
    <message>
        <source>From the left: as it should be, before, after.</source>
        <translation>左から：本来の姿、前、後。</translation>
    </message>
    <message>
        <source>5. Fit it</source>
        <translation>5. 調整</translation>
    </message>
    <message>
        <source>A video of the person</source>
        <translation>本人の動画</translation>
    </message>
    <message>
        <source>Videos (*.mp4 *.mkv *.mov *.webm *.avi)</source>
        <translation>動画 (*.mp4 *.mkv *.mov *.webm *.avi)</translation>
    </message>
</context>
<context>
    <name>Fitting</name>
    <message>
        <source>The training could not be started.</source>
        <translation>学習を開始できませんでした。</translation>
    </message>
    <message>
        <source>Fitting; it takes about {minutes} minutes.</source>
        <translation>調整中です。およそ{minutes}分かかります。</translation>
    </message>
    <message>
        <source>Fitting; about {minutes} minutes are left.</source>
        <translation>調整中です。残りおよそ{minutes}分。</translation>
    </message>
    <message>
        <source>Done. Painted as the picture is (in dB, more is better): eyes {eyes}, mouth {mouth}. Choose it again to wear it so.</source>
        <translation>完了しました。写真との一致 (dB、大きいほど良い): 目 {eyes}、口 {mouth}。もう一度選ぶと反映されます。</translation>
    </message>
    <message>
        <source>The training ended without a result.</source>
        <translation>学習は結果を残さずに終わりました。</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>完了しました。</translation>
    </message>
</context>
<context>
    <name>FixLine</name>
    <message>
        <source>Copy</source>
        <translation>コピー</translation>
    </message>
    <message>
        <source>Copy: {line}</source>
        <translation>コピー: {line}</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>コピーしました</translation>
    </message>
</context>
<context>
    <name>Gallery</name>
    <message>
        <source>Search avatars</source>
        <translation>アバターを検索</translation>
    </message>
    <message>
        <source>Avatars</source>
        <translation>アバター</translation>
    </message>
    <message>
        <source>No avatar is called that.</source>
        <translation>その名前のアバターはありません。</translation>
    </message>
    <message>
        <source>Add avatar…</source>
        <translation>アバターを追加…</translation>
    </message>
    <message>
        <source>A picture or a pack; you can also drop the file here</source>
        <translation>画像またはパック。ここにファイルをドロップすることもできます</translation>
    </message>
    <message>
        <source>Add an avatar</source>
        <translation>アバターを追加</translation>
    </message>
    <message>
        <source>Pictures and packs</source>
        <translation>画像とパック</translation>
    </message>
</context>
<context>
    <name>HandleEditor</name>
    <message>
        <source>Page up and page down choose a point, arrow keys move it</source>
        <translation>Page Up と Page Down で点を選び、矢印キーで動かします</translation>
    </message>
</context>
<context>
    <name>Hotkeys</name>
    <message>
        <source>While OSA Cam is in front, these always work:</source>
        <translation>OSA Cam が手前にあるときは、次のキーがいつでも使えます:</translation>
    </message>
    <message>
        <source>Click, then press a key</source>
        <translation>クリックしてキーを押す</translation>
    </message>
    <message>
        <source>Your desktop&apos;s key for this: {keys}</source>
        <translation>デスクトップが割り当てたキー: {keys}</translation>
    </message>
    <message>
        <source>They work in every program, also while a game or a call is in front.</source>
        <translation>ゲームや通話が手前にあっても、どのプログラムでも使えます。</translation>
    </message>
    <message>
        <source>They work in every program. Your desktop asks you first, and may choose other keys.</source>
        <translation>どのプログラムでも使えます。最初にデスクトップから確認があり、別のキーになることもあります。</translation>
    </message>
    <message>
        <source>On macOS they work while OSA Cam is in front. For a key that works everywhere, make a shortcut in the app Shortcuts that runs this line, and give it a key:</source>
        <translation>macOS では OSA Cam が手前にあるときだけ使えます。どこでも使うには、「ショートカット」アプリで次の行を実行するショートカットを作り、キーを割り当ててください:</translation>
    </message>
    <message>
        <source>On this desktop they work while OSA Cam is in front. For a key that works everywhere, let your keyboard settings run this line:</source>
        <translation>このデスクトップでは OSA Cam が手前にあるときだけ使えます。どこでも使うには、システムのキーボード設定で次の行にキーを割り当ててください:</translation>
    </message>
</context>
<context>
    <name>LivePage</name>
    <message>
        <source>Avatar</source>
        <translation>アバター</translation>
    </message>
    <message>
        <source>Expression</source>
        <translation>表情</translation>
    </message>
    <message>
        <source>Recording</source>
        <translation>録画中</translation>
    </message>
</context>
<context>
    <name>LiveView</name>
    <message>
        <source>Preview of the camera</source>
        <translation>カメラのプレビュー</translation>
    </message>
    <message>
        <source>Mirrored for you; others see it the right way round</source>
        <translation>左右反転して表示しています（相手には正しい向きで映ります）</translation>
    </message>
</context>
<context>
    <name>Meter</name>
    <message>
        <source>Microphone level and speech threshold</source>
        <translation>マイクの音量と発話のしきい値</translation>
    </message>
    <message>
        <source>Drag the mark to set what counts as speech; double-click to let the room decide</source>
        <translation>つまみをドラッグして発話とみなす音量を決めます。ダブルクリックすると自動に戻ります</translation>
    </message>
</context>
<context>
    <name>MicrophoneStep</name>
    <message>
        <source>Microphone</source>
        <translation>マイク</translation>
    </message>
    <message>
        <source>1. Your microphone</source>
        <translation>1. マイク</translation>
    </message>
    <message>
        <source>Say something: the bar has to move.</source>
        <translation>何か話してみてください。バーが動けば正常です。</translation>
    </message>
    <message>
        <source>System default</source>
        <translation>システムの既定</translation>
    </message>
    <message>
        <source>I hear you.</source>
        <translation>聞こえています。</translation>
    </message>
    <message>
        <source>Listening…</source>
        <translation>音を待っています…</translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Close this message</source>
        <translation>このメッセージを閉じる</translation>
    </message>
</context>
<context>
    <name>OwnPicture</name>
    <message>
        <source>Cancel</source>
        <translation>キャンセル</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>戻る</translation>
    </message>
    <message>
        <source>Looking for a face…</source>
        <translation>顔を探しています…</translation>
    </message>
    <message>
        <source>Your own picture</source>
        <translation>自分の画像</translation>
    </message>
    <message>
        <source>Save and use it</source>
        <translation>保存して使う</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完了</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>次へ</translation>
    </message>
    <message>
        <source>Step {step} of {steps}</source>
        <translation>ステップ {step} / {steps}</translation>
    </message>
    <message>
        <source>You are live: the preview speaks when you are not.</source>
        <translation>ライブ中です。プレビューはライブでないときに話します。</translation>
    </message>
    <message>
        <source>Still to be filled in: {lines}</source>
        <translation>未入力: {lines}</translation>
    </message>
    <message>
        <source>No face is found. Drag the circle onto it: from the hairline to the chin.</source>
        <translation>顔が見つかりません。髪の生え際からあごまで、円を顔に合わせてください。</translation>
    </message>
    <message>
        <source>A face is found. If the circle is wrong, drag it, or pull its knob.</source>
        <translation>顔が見つかりました。円がずれていたら、円かつまみをドラッグしてください。</translation>
    </message>
    <message>
        <source>{count} faces are found. Click the one that shall speak.</source>
        <translation>{count}人の顔が見つかりました。話す顔をクリックしてください。</translation>
    </message>
    <message>
        <source>This picture can&apos;t be used.</source>
        <translation>この画像は使えません。</translation>
    </message>
</context>
<context>
    <name>PointsStep</name>
    <message>
        <source>2. Eyes, mouth and outline</source>
        <translation>2. 目・口・輪郭</translation>
    </message>
    <message>
        <source>The points are only a guess here. Drag them to where they belong, or go on without: then none are kept.</source>
        <translation>ここの点は推測です。正しい位置にドラッグするか、そのまま進んでください。その場合、点は保存されません。</translation>
    </message>
    <message>
        <source>Are the points where they belong? If not, drag them. They are kept with the avatar.</source>
        <translation>点は正しい位置にありますか?違っていたらドラッグしてください。アバターと一緒に保存されます。</translation>
    </message>
</context>
<context>
    <name>PreviewStep</name>
    <message>
        <source>The portrait speaking</source>
        <translation>話しているポートレート</translation>
    </message>
    <message>
        <source>3. A look at it</source>
        <translation>3. 見てみる</translation>
    </message>
    <message>
        <source>It speaks with a voice that comes along, without a sound. With yours it will move the same way.</source>
        <translation>付属の音声で、音を出さずに話します。あなたの声でも同じように動きます。</translation>
    </message>
    <message>
        <source>Does it not look right? Go back and move the circle so that head and shoulders are seen.</source>
        <translation>うまく見えませんか?戻って、頭と肩が見えるように円を動かしてください。</translation>
    </message>
</context>
<context>
    <name>SettingsPage</name>
    <message>
        <source>Graphics card</source>
        <translation>グラフィックカード</translation>
    </message>
    <message>
        <source>How much of its time the avatar may take; the game has the rest.</source>
        <translation>アバターが使ってよい時間の割合。残りはゲームが使えます。</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自動</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>マイク</translation>
    </message>
    <message>
        <source>Gain</source>
        <translation>ゲイン</translation>
    </message>
    <message>
        <source>How much louder your voice is made.</source>
        <translation>声をどれだけ大きくするか。</translation>
    </message>
    <message>
        <source>Speech threshold</source>
        <translation>発話のしきい値</translation>
    </message>
    <message>
        <source>What is quieter never moves the mouth.</source>
        <translation>これより小さい音では口が動きません。</translation>
    </message>
    <message>
        <source>Delayed microphone</source>
        <translation>遅延マイク</translation>
    </message>
    <message>
        <source>Plays your voice in step with the picture, into a virtual cable that your call listens to.</source>
        <translation>映像に合わせて遅らせた声を仮想ケーブルに流します。通話アプリでそのケーブルをマイクに選びます。</translation>
    </message>
    <message>
        <source>{fps} fps</source>
        <translation>{fps} fps</translation>
    </message>
    <message>
        <source>Show all of the portrait</source>
        <translation>全体を表示</translation>
    </message>
    <message>
        <source>Fill the picture</source>
        <translation>画面いっぱいに表示</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>カメラ</translation>
    </message>
    <message>
        <source>The one that you choose in Zoom, OBS or Discord.</source>
        <translation>Zoom、OBS、Discord で選ぶカメラです。</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>サイズ</translation>
    </message>
    <message>
        <source>Some programs only take 1280 × 720.</source>
        <translation>1280 × 720 しか受け付けないアプリもあります。</translation>
    </message>
    <message>
        <source>Frame rate</source>
        <translation>フレームレート</translation>
    </message>
    <message>
        <source>Framing</source>
        <translation>表示範囲</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>背景</translation>
    </message>
    <message>
        <source>Badge</source>
        <translation>バッジ</translation>
    </message>
    <message>
        <source>A small mark that says the face is made up.</source>
        <translation>顔が人工のものであることを示す小さな印です。</translation>
    </message>
    <message>
        <source>Invisible mark</source>
        <translation>見えない印</translation>
    </message>
    <message>
        <source>Nobody sees it; a program can tell by it that the face is made up.</source>
        <translation>目には見えませんが、顔が作り物だとプログラムで判別できます。</translation>
    </message>
    <message>
        <source>System default</source>
        <translation>システムの既定</translation>
    </message>
    <message>
        <source>Start with the system</source>
        <translation>システムと同時に起動</translation>
    </message>
    <message>
        <source>Program</source>
        <translation>全般</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>エンジン</translation>
    </message>
    <message>
        <source>What computes the picture.</source>
        <translation>映像を計算する仕組みです。</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>言語</translation>
    </message>
    <message>
        <source>Waits in the tray, not live.</source>
        <translation>ライブは始めずにトレイで待機します。</translation>
    </message>
    <message>
        <source>Hotkeys</source>
        <translation>ホットキー</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>オフ</translation>
    </message>
    <message>
        <source>Browser page</source>
        <translation>ブラウザーのページ</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Avatar</source>
        <translation>アバター</translation>
    </message>
    <message>
        <source>Expression</source>
        <translation>表情</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>マイク</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>カメラ</translation>
    </message>
    <message>
        <source>System default</source>
        <translation>システムの既定</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自動</translation>
    </message>
    <message>
        <source>Browser page</source>
        <translation>ブラウザーのページ</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Back</source>
        <translation>戻る</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>スキップ</translation>
    </message>
    <message>
        <source>Welcome to OSA Cam</source>
        <translation>OSA Cam へようこそ</translation>
    </message>
    <message>
        <source>Your voice goes in, a speaking portrait comes out of a camera. Nothing leaves this computer.</source>
        <translation>声を入れると、話すアバターがカメラから出てきます。データがこのコンピューターの外に出ることはありません。</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>完了</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>次へ</translation>
    </message>
    <message>
        <source>Step {step} of {steps}</source>
        <translation>ステップ {step}/{steps}</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>Live</source>
        <translation>ライブ</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>設定</translation>
    </message>
    <message>
        <source>Doctor</source>
        <translation>診断</translation>
    </message>
    <message>
        <source>Saved: {path}</source>
        <translation>保存しました: {path}</translation>
    </message>
    <message>
        <source>Show folder</source>
        <translation>フォルダーを表示</translation>
    </message>
</context>
<context>
    <name>status_line</name>
    <message>
        <source>{fps} fps</source>
        <translation>{fps} fps</translation>
    </message>
    <message>
        <source>{ms} ms behind your voice</source>
        <translation>声からの遅れ {ms} ms</translation>
    </message>
    <message>
        <source>sound {ms} ms later</source>
        <translation>音声の遅延 {ms} ms</translation>
    </message>
    <message>
        <source>{count} missed</source>
        <translation>欠落 {count}</translation>
    </message>
</context>
<context>
    <name>verdicts</name>
    <message>
        <source>{device}, {rate} Hz, {level} dB while listening</source>
        <translation>{device}、{rate} Hz、聞き取り中 {level} dB</translation>
    </message>
    <message>
        <source>PortAudio is missing, so no microphone can be heard</source>
        <translation>PortAudio がないため、マイクを使えません</translation>
    </message>
    <message>
        <source>no microphone can be seen: this user may not open {folder}; log out and in again afterwards</source>
        <translation>マイクが見えません: このユーザーは {folder} を開けません。その後、ログインし直してください</translation>
    </message>
    <message>
        <source>Windows keeps desktop programs from the microphone: switch on both permissions on that page</source>
        <translation>Windows がデスクトップアプリのマイク使用を止めています: そのページで両方の許可をオンにしてください</translation>
    </message>
    <message>
        <source>{device}: it delivers no samples, as after the computer slept; unplug it and plug it in again</source>
        <translation>{device}: 音声が届きません(スリープ後など)。抜き差ししてください</translation>
    </message>
    <message>
        <source>{device}: it delivers nothing but zeros; it is muted, or the system keeps it from us</source>
        <translation>{device}: 無音しか届きません。ミュート中か、システムに止められています</translation>
    </message>
    <message>
        <source>{device}: it is muted in the system, or its volume is zero</source>
        <translation>{device}: システムでミュートされているか、音量がゼロです</translation>
    </message>
    <message>
        <source>{device}: what it hears is this computer&apos;s own speakers ({source}), no microphone</source>
        <translation>{device}: 聞こえるのはこのパソコンのスピーカー({source})で、マイクではありません</translation>
    </message>
    <message>
        <source>{device}: it clips; turn its volume down</source>
        <translation>{device}: 音が割れています。音量を下げてください</translation>
    </message>
    <message>
        <source>{device}: {count} have this name; plugged in again, the other one may be chosen. Unplug what you don&apos;t use</source>
        <translation>{device}: 同じ名前が{count}台あります。つなぎ直すと別の方が選ばれることがあります。使わない方を抜いてください</translation>
    </message>
    <message>
        <source>{device} takes 1280x720; programs get it as it is, the preview alone is a mirror</source>
        <translation>{device} は 1280x720 を受け取れます。相手にはそのまま見え、鏡写しはプレビューだけです</translation>
    </message>
    <message>
        <source>v4l2loopback is not installed for this kernel ({kernel})</source>
        <translation>このカーネル({kernel})用の v4l2loopback がありません</translation>
    </message>
    <message>
        <source>v4l2loopback is installed but not loaded</source>
        <translation>v4l2loopback は入っていますが、読み込まれていません</translation>
    </message>
    <message>
        <source>v4l2loopback is installed but not loaded: Secure Boot is on, so its key has to be enrolled, at the next start</source>
        <translation>v4l2loopback は入っていますが、読み込まれていません: Secure Boot が有効なので、次の起動時に鍵を登録してください</translation>
    </message>
    <message>
        <source>v4l2loopback is loaded but has no device</source>
        <translation>v4l2loopback は読み込まれていますが、デバイスがありません</translation>
    </message>
    <message>
        <source>{device} may not be written by this user; log out and in again afterwards</source>
        <translation>このユーザーは {device} に書き込めません。その後、ログインし直してください</translation>
    </message>
    <message>
        <source>{device} is in use by {who}: stop its virtual camera there, or end it</source>
        <translation>{device} は {who} が使用中です: そちらの仮想カメラを止めるか、終了してください</translation>
    </message>
    <message>
        <source>{device} works; other programs list it as {label!r}, not {wanted!r}</source>
        <translation>{device} は使えます。他のプログラムでは {wanted!r} ではなく {label!r} と表示されます</translation>
    </message>
    <message>
        <source>{device} works; browsers and Zoom hide it, because it was loaded without exclusive_caps=1</source>
        <translation>{device} は使えますが、exclusive_caps=1 なしで読み込まれたため、ブラウザや Zoom には表示されません</translation>
    </message>
    <message>
        <source>{device} works; programs that get their cameras from PipeWire do not see it</source>
        <translation>{device} は使えますが、PipeWire 経由のプログラムからは見えません</translation>
    </message>
    <message>
        <source>OBS Studio, whose virtual camera is used, is not installed</source>
        <translation>仮想カメラを提供する OBS Studio が入っていません</translation>
    </message>
    <message>
        <source>{device} works; Windows keeps desktop programs from cameras: switch on both permissions on that page</source>
        <translation>{device} は使えますが、Windows がデスクトップアプリのカメラ使用を止めています: そのページで両方の許可をオンにしてください</translation>
    </message>
    <message>
        <source>macOS {version} has no camera extensions: {wanted} or newer is needed</source>
        <translation>macOS {version} にはカメラ機能拡張がありません: {wanted} 以降が必要です</translation>
    </message>
    <message>
        <source>OBS&apos;s camera extension is not installed: start OBS 30 or newer and press Start Virtual Camera once</source>
        <translation>OBS のカメラ機能拡張がありません: OBS 30 以降を起動し、「仮想カメラ開始」を一度押してください</translation>
    </message>
    <message>
        <source>OBS&apos;s camera extension waits for you to allow it ({state})</source>
        <translation>OBS のカメラ機能拡張が許可を待っています({state})</translation>
    </message>
    <message>
        <source>{size}: programs know this size</source>
        <translation>{size}: どのプログラムでも使えるサイズです</translation>
    </message>
    <message>
        <source>{size}: some programs, Discord among them, show black at sizes like this one</source>
        <translation>{size}: Discord など一部のプログラムは、このサイズでは真っ黒になります</translation>
    </message>
    <message>
        <source>{model}: all its files are whole</source>
        <translation>{model}: ファイルはすべて揃っています</translation>
    </message>
    <message>
        <source>{frame} ms a frame of {has}, {engine}, {memory} MB</source>
        <translation>1フレーム {frame} ms(上限 {has} ms)、{engine}、{memory} MB</translation>
    </message>
    <message>
        <source>{frame} ms a frame of {has}, {engine}, {memory} MB: fewer than {fps} frames a second will be painted; end others</source>
        <translation>1フレーム {frame} ms(上限 {has} ms)、{engine}、{memory} MB: 毎秒 {fps} 枚に届きません。他のプログラムを終了してください</translation>
    </message>
    <message>
        <source>{frame} ms a frame of {has}, {engine}, {memory} MB: too slow for a picture that moves; end other programs</source>
        <translation>1フレーム {frame} ms(上限 {has} ms)、{engine}、{memory} MB: 動く映像には遅すぎます。他のプログラムを終了してください</translation>
    </message>
    <message>
        <source>{free} GB free in {folder}</source>
        <translation>{folder} の空き {free} GB</translation>
    </message>
    <message>
        <source>{free} GB free in {folder}: a recording may fill it</source>
        <translation>{folder} の空き {free} GB: 録画で一杯になるかもしれません</translation>
    </message>
</context>
<context>
    <name>words</name>
    <message>
        <source>Not live</source>
        <translation>オフライン</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>起動中…</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>ライブ</translation>
    </message>
    <message>
        <source>Live, muted</source>
        <translation>ライブ（ミュート中）</translation>
    </message>
    <message>
        <source>Problem</source>
        <translation>問題があります</translation>
    </message>
    <message>
        <source>Neutral</source>
        <translation>普通</translation>
    </message>
    <message>
        <source>Happy</source>
        <translation>喜び</translation>
    </message>
    <message>
        <source>Sad</source>
        <translation>悲しみ</translation>
    </message>
    <message>
        <source>Angry</source>
        <translation>怒り</translation>
    </message>
    <message>
        <source>Surprised</source>
        <translation>驚き</translation>
    </message>
    <message>
        <source>Microphone</source>
        <translation>マイク</translation>
    </message>
    <message>
        <source>Virtual camera</source>
        <translation>仮想カメラ</translation>
    </message>
    <message>
        <source>Size of the picture</source>
        <translation>映像のサイズ</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>モデル</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Disk space</source>
        <translation>ディスクの空き容量</translation>
    </message>
    <message>
        <source>Good</source>
        <translation>良好</translation>
    </message>
    <message>
        <source>Could be better</source>
        <translation>改善できます</translation>
    </message>
    <message>
        <source>Needs fixing</source>
        <translation>要対応</translation>
    </message>
    <message>
        <source>Go live or end</source>
        <translation>ライブの開始・終了</translation>
    </message>
    <message>
        <source>Mute or unmute</source>
        <translation>ミュートの切り替え</translation>
    </message>
    <message>
        <source>Next expression</source>
        <translation>次の表情</translation>
    </message>
    <message>
        <source>Start or stop recording</source>
        <translation>録画の開始・停止</translation>
    </message>
    <message>
        <source>Take a snapshot</source>
        <translation>スナップショットを撮る</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>終了</translation>
    </message>
    <message>
        <source>This key can&apos;t be used in other programs. Choose another one.</source>
        <translation>このキーはほかのプログラムでは使えません。別のキーを選んでください。</translation>
    </message>
    <message>
        <source>You could no longer type with this key. Add Ctrl or Alt, or choose a function key.</source>
        <translation>このキーでは文字が入力できなくなります。Ctrl か Alt を加えるか、ファンクションキーを選んでください。</translation>
    </message>
    <message>
        <source>Another action has this key already. Choose another one.</source>
        <translation>このキーは別の操作に使われています。別のキーを選んでください。</translation>
    </message>
    <message>
        <source>Another program has this key already. Choose another one.</source>
        <translation>このキーはほかのプログラムが使っています。別のキーを選んでください。</translation>
    </message>
    <message>
        <source>Your desktop gave no key for this. Look into its keyboard settings, or choose another one.</source>
        <translation>デスクトップがキーを割り当てませんでした。キーボード設定を確認するか、別のキーを選んでください。</translation>
    </message>
    <message>
        <source>Left eye</source>
        <translation>左の目</translation>
    </message>
    <message>
        <source>Right eye</source>
        <translation>右の目</translation>
    </message>
    <message>
        <source>Left brow</source>
        <translation>左の眉</translation>
    </message>
    <message>
        <source>Right brow</source>
        <translation>右の眉</translation>
    </message>
    <message>
        <source>Nose</source>
        <translation>鼻</translation>
    </message>
    <message>
        <source>Mouth</source>
        <translation>口</translation>
    </message>
    <message>
        <source>Jaw</source>
        <translation>あご</translation>
    </message>
    <message>
        <source>Outline of the head</source>
        <translation>頭の輪郭</translation>
    </message>
    <message>
        <source>{part}, point {number}</source>
        <translation>{part}、点{number}</translation>
    </message>
    <message>
        <source>Photo</source>
        <translation>写真</translation>
    </message>
    <message>
        <source>Painting</source>
        <translation>絵画</translation>
    </message>
    <message>
        <source>Anime</source>
        <translation>アニメ</translation>
    </message>
    <message>
        <source>Cartoon</source>
        <translation>カートゥーン</translation>
    </message>
    <message>
        <source>Soft drawing</source>
        <translation>ソフトな絵</translation>
    </message>
    <message>
        <source>Pencil</source>
        <translation>鉛筆</translation>
    </message>
    <message>
        <source>Something else</source>
        <translation>その他</translation>
    </message>
</context>
</TS>
