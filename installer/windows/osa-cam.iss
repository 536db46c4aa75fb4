; The setup program of Windows, by Inno Setup 6.3 or newer: python -m installer setup
; installer/windows/setup.py gives Version, Frozen (the frozen folder), Icons and Out.

#ifndef Version
  #error "start it by: python -m installer setup"
#endif

[Setup]
AppId={{8A0C6B5E-6C6D-4C55-9D0B-0B1E1E6F2C4A}
AppName=OSA Cam
AppVersion={#Version}
AppVerName=OSA Cam {#Version}
AppPublisher=OSA Cam contributors
DefaultDirName={autopf}\OSA Cam
DefaultGroupName=OSA Cam
DisableProgramGroupPage=yes
; For this user alone, without an administrator's password; who has one may choose otherwise.
PrivilegesRequired=lowest
PrivilegesRequiredOverridesAllowed=dialog
ArchitecturesAllowed=x64compatible
ArchitecturesInstallIn64BitMode=x64compatible
MinVersion=10.0.17763
LicenseFile=..\..\LICENSE
InfoBeforeFile={#Frozen}\THIRD-PARTY.txt
SetupIconFile={#Icons}\osa-cam.ico
UninstallDisplayIcon={app}\osa-cam-app.exe
OutputDir={#Out}
OutputBaseFilename=osa-cam-{#Version}-setup
Compression=lzma2
SolidCompression=yes
WizardStyle=modern
CloseApplications=yes
ChangesEnvironment=yes

[Languages]
Name: "en"; MessagesFile: "compiler:Default.isl"
Name: "de"; MessagesFile: "compiler:Languages\German.isl"
Name: "ja"; MessagesFile: "compiler:Languages\Japanese.isl"

[CustomMessages]
en.Command=Let terminals find the command osa-cam
de.Command=Den Befehl osa-cam in Terminals bereitstellen
ja.Command=ターミナルで osa-cam コマンドを使えるようにする

[Tasks]
Name: "desktopicon"; Description: "{cm:CreateDesktopIcon}"; Flags: unchecked
Name: "path"; Description: "{cm:Command}"; Flags: unchecked

[InstallDelete]
; What an earlier version brought and this one does not would be loaded all the same.
Type: filesandordirs; Name: "{app}\_internal"

[Files]
Source: "{#Frozen}\*"; DestDir: "{app}"; Flags: ignoreversion recursesubdirs createallsubdirs
Source: "..\..\plugins\obs\osa_cam_obs.py"; DestDir: "{app}\obs"; Flags: ignoreversion

[Icons]
Name: "{group}\OSA Cam"; Filename: "{app}\osa-cam-app.exe"; AppUserModelID: "osa-cam"
Name: "{autodesktop}\OSA Cam"; Filename: "{app}\osa-cam-app.exe"; Tasks: desktopicon

[Registry]
Root: HKA; Subkey: "{code:EnvironmentKey}"; ValueType: expandsz; ValueName: "Path"; ValueData: "{olddata};{app}"; Tasks: path; Check: NotInPath
; Starting with the system is a setting of the program itself, which writes this value; it must not outlive the program.
Root: HKCU; Subkey: "Software\Microsoft\Windows\CurrentVersion\Run"; ValueName: "osa-cam"; ValueType: none; Flags: uninsdeletevalue

[Run]
Filename: "{app}\osa-cam-app.exe"; Description: "{cm:LaunchProgram,OSA Cam}"; Flags: nowait postinstall skipifsilent

[Code]
function EnvironmentKey(Param: String): String;
begin
  if IsAdminInstallMode then
    Result := 'SYSTEM\CurrentControlSet\Control\Session Manager\Environment'
  else
    Result := 'Environment';
end;

function Path(): String;
begin
  if not RegQueryStringValue(HKA, EnvironmentKey(''), 'Path', Result) then
    Result := '';
end;

function NotInPath(): Boolean;
begin
  Result := Pos(';' + Uppercase(ExpandConstant('{app}')) + ';', ';' + Uppercase(Path()) + ';') = 0;
end;

procedure CurUninstallStepChanged(Step: TUninstallStep);
var
  Known: String;
begin
  if Step = usPostUninstall then
  begin
    Known := ';' + Path() + ';';
    if StringChangeEx(Known, ';' + ExpandConstant('{app}') + ';', ';', True) > 0 then
      RegWriteExpandStringValue(HKA, EnvironmentKey(''), 'Path', Copy(Known, 2, Length(Known) - 2));
  end;
end;
