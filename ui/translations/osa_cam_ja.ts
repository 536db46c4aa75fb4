<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ja" sourcelanguage="en">
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
        <source>Record</source>
        <translation>録画</translation>
    </message>
    <message>
        <source>Snapshot</source>
        <translation>スナップショット</translation>
    </message>
    <message>
        <source>Show window</source>
        <translation>ウィンドウを表示</translation>
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
    <name>SettingsPage</name>
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
        <source>They work while OSA Cam is in front. For keys that work everywhere, let your system run: {line}</source>
        <translation>OSA Cam が前面にあるときに使えます。どこでも使えるキーにするには、システムの設定から次を実行してください: {line}</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>ショートカット</translation>
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
</context>
</TS>
