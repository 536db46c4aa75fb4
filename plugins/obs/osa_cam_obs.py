"""OSA Cam from inside OBS Studio: start, stop, mute, avatar and expression by button and by OBS's own hotkeys.

In OBS: Tools, Scripts, +, this file. OBS runs it with its own Python, so that nothing but the standard library is used here.
"""

import http.client
import json
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

import obspython as obs

ANSWERS_WITHIN_S = 3.0  # a button is pressed on the thread of OBS's window; a new avatar takes a moment to be read
FRAME_MS = 40  # a frame stands while its own sound is heard, from its beginning: a frame before its end, which is what is measured
EXPRESSIONS = ("neutral", "happy", "sad", "angry", "surprised")

NOT_RUNNING = "OSA Cam is not running: start it, then press Refresh."

hotkeys = {}  # action -> OBS's number of it
chosen = {}  # what stands in the lists of the script's window


class Refused(Exception):
    """What OSA Cam says about why it doesn't."""


def access_paths():
    """Where the running OSA Cam leaves its address and its token."""
    if sys.platform == "win32":
        yield Path(os.environ.get("LOCALAPPDATA", "~/AppData/Local")).expanduser() / "osa-cam" / "control.json"
    elif sys.platform == "darwin":
        yield Path("~/Library/Application Support/osa-cam/control.json").expanduser()
    else:
        # An OBS from Flatpak has a folder of its own there, and yet sees the user's.
        for folder in (os.environ.get("XDG_CONFIG_HOME"), "~/.config"):
            if folder:
                yield Path(folder).expanduser() / "osa-cam" / "control.json"


def ask(method, path, body=None):
    """The answer's JSON. Raises Refused."""
    found = next((path for path in access_paths() if path.is_file()), None)
    if found is None:
        raise Refused(NOT_RUNNING)
    try:
        access = json.loads(found.read_text("utf-8"))
        if not access["url"]:
            raise Refused(NOT_RUNNING)
        connection = http.client.HTTPConnection(urlsplit(access["url"]).netloc, timeout=ANSWERS_WITHIN_S)
        try:
            headers = {"Authorization": "Bearer " + access["token"], "Content-Type": "application/json"}
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = connection.getresponse()
            said = json.loads(response.read())
        finally:
            connection.close()
    except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
        raise Refused(NOT_RUNNING) from error
    if response.status >= 400:
        raise Refused(said["detail"])
    return said


def described():
    """One line for the window: what goes on, or why nothing does."""
    try:
        now = ask("GET", "/v1/status")
    except Refused as error:
        return str(error)
    parts = [now["state"], now["message"], now["avatar"], now["expression"]]
    if now["latency_ms"]:
        parts.append(f"picture {now['latency_ms']:.0f} ms after the sound")
    return "OSA Cam: " + ", ".join(str(part) for part in parts if part)


def use(**settings):
    ask("PATCH", "/v1/settings", settings)


def next_avatar():
    known = [avatar["id"] for avatar in ask("GET", "/v1/avatars")]
    current = ask("GET", "/v1/settings")["avatar"]
    use(avatar=known[(known.index(current) + 1) % len(known)] if current in known else known[min(1, len(known) - 1)])


ACTIONS = {
    "start": ("start", lambda: ask("POST", "/v1/start")),
    "stop": ("stop", lambda: ask("POST", "/v1/stop")),
    "mute": ("mute, or be heard again", lambda: ask("POST", "/v1/mute")),
    "next_avatar": ("next avatar", next_avatar),
    **{name: (name, lambda name=name: use(expression=name)) for name in EXPRESSIONS},
}


def attempt(action):
    """Runs it; what fails stands in OBS's script log."""
    try:
        action()
    except Refused as error:
        obs.script_log(obs.LOG_WARNING, str(error))
        return str(error)
    return described()


def microphones():
    """Names of OBS's audio inputs that are microphones."""
    sources = obs.obs_enum_sources() or []
    names = [obs.obs_source_get_name(source) for source in sources if "input_capture" in obs.obs_source_get_unversioned_id(source)]
    obs.source_list_release(sources)
    return names


def delay(name):
    """Delays that microphone by as much as the picture is later than the sound."""
    latency_ms = ask("GET", "/v1/status")["latency_ms"]
    if not latency_ms:
        raise Refused("How late the picture is has not been measured yet: start the camera and speak some words first.")
    source = obs.obs_get_source_by_name(name)
    if source is None:
        raise Refused(f"OBS has no microphone called {name!r}: press Refresh and choose one.")
    late_ms = round(latency_ms) + FRAME_MS
    obs.obs_source_set_sync_offset(source, late_ms * 1_000_000)
    obs.obs_source_release(source)
    return f"{name} is delayed by {late_ms} ms, as much as the picture."


# What follows is called by OBS, by these names.


def script_description():
    return (
        "<b>OSA Cam</b><br>Your voice moves a portrait. The keys for each action stand in Settings, Hotkeys.<br>"
        "To show the avatar: add a Browser source with the address that <code>osa-cam ctl access</code> prints."
    )


def script_properties():
    properties = obs.obs_properties_create()
    obs.obs_properties_add_text(properties, "status", described(), obs.OBS_TEXT_INFO)
    obs.obs_properties_add_button(properties, "refresh", "Refresh", on_refresh)
    for name in ("start", "stop", "mute"):
        label, action = ACTIONS[name]
        obs.obs_properties_add_button(properties, name, label[0].upper() + label[1:], _button(action))
    for name, button, on_button in (
        ("avatar", "Use this avatar", _button(lambda: use(avatar=_choice("avatar")))),
        ("expression", "Use this expression", _button(lambda: use(expression=_choice("expression")))),
        ("microphone", "Delay it by as much as the picture", on_delay),
    ):
        obs.obs_properties_add_list(properties, name, name.capitalize(), obs.OBS_COMBO_TYPE_LIST, obs.OBS_COMBO_FORMAT_STRING)
        obs.obs_properties_add_button(properties, f"use_{name}", button, on_button)
    fill(properties)
    return properties


def script_load(settings):
    for name, (label, action) in ACTIONS.items():
        hotkeys[name] = obs.obs_hotkey_register_frontend(f"osa_cam.{name}", f"OSA Cam: {label}", _hotkey(action))
        saved = obs.obs_data_get_array(settings, f"hotkey_{name}")
        obs.obs_hotkey_load(hotkeys[name], saved)
        obs.obs_data_array_release(saved)


def script_update(settings):
    for name in ("avatar", "expression", "microphone"):
        chosen[name] = obs.obs_data_get_string(settings, name)


def script_save(settings):
    for name, number in hotkeys.items():
        saved = obs.obs_hotkey_save(number)
        obs.obs_data_set_array(settings, f"hotkey_{name}", saved)
        obs.obs_data_array_release(saved)


def on_refresh(properties, button):
    fill(properties)
    return _show(properties, described())


def on_delay(properties, button):
    try:
        return _show(properties, delay(_choice("microphone")))
    except Refused as error:
        return _show(properties, str(error))


def fill(properties):
    """What the lists offer now."""
    try:
        avatars = [(avatar["name"], avatar["id"]) for avatar in ask("GET", "/v1/avatars")]
    except Refused:  # the status says why
        avatars = []
    expressions = [(name, name) for name in EXPRESSIONS]
    inputs = [(name, name) for name in microphones()]
    for name, offered in (("avatar", avatars), ("expression", expressions), ("microphone", inputs)):
        shown = obs.obs_properties_get(properties, name)
        obs.obs_property_list_clear(shown)
        for label, value in offered:
            obs.obs_property_list_add_string(shown, label, value)


def _choice(name):
    if not chosen.get(name):
        raise Refused(f"Choose something under {name.capitalize()} first.")
    return chosen[name]


def _button(action):
    return lambda properties, button: _show(properties, attempt(action))


def _hotkey(action):
    def on_key(pressed):
        if pressed:
            attempt(action)

    return on_key


def _show(properties, text):
    obs.obs_property_set_description(obs.obs_properties_get(properties, "status"), text)
    return True  # OBS draws the properties anew
