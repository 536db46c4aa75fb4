"""The part of OBS's Python module that our script uses: properties, hotkeys and sources, kept in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any


@dataclass
class Property:
    name: str
    description: str
    press: Callable[[Any, Any], bool] | None = None
    offered: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Source:
    name: str
    kind: str
    offset_ns: int = 0


class ObsPython(ModuleType):
    OBS_TEXT_INFO, OBS_COMBO_TYPE_LIST, OBS_COMBO_FORMAT_STRING, LOG_WARNING = 3, 2, 3, 200

    def __init__(self) -> None:
        super().__init__("obspython")
        self.log: list[str] = []
        self.hotkeys: dict[str, Callable[[bool], None]] = {}
        self.sources = [Source("Mic/Aux", "pulse_input_capture"), Source("Desktop", "pulse_output_capture")]
        self.held = 0  # references to sources and arrays that were not given back

    def script_log(self, level: int, text: str) -> None:
        self.log.append(text)

    def obs_properties_create(self) -> dict[str, Property]:
        return {}

    def obs_properties_add_text(self, properties: dict[str, Property], name: str, text: str, kind: int) -> None:
        properties[name] = Property(name, text)

    def obs_properties_add_button(self, properties: dict[str, Property], name: str, text: str, press: Callable[[Any, Any], bool]) -> None:
        properties[name] = Property(name, text, press)

    def obs_properties_add_list(self, properties: dict[str, Property], name: str, text: str, kind: int, form: int) -> Property:
        return properties.setdefault(name, Property(name, text))

    def obs_properties_get(self, properties: dict[str, Property], name: str) -> Property:
        return properties[name]

    def obs_property_list_add_string(self, shown: Property, label: str, value: str) -> None:
        shown.offered.append((label, value))

    def obs_property_list_clear(self, shown: Property) -> None:
        shown.offered.clear()

    def obs_property_set_description(self, shown: Property, text: str) -> None:
        shown.description = text

    def obs_hotkey_register_frontend(self, name: str, text: str, pressed: Callable[[bool], None]) -> str:
        self.hotkeys[name] = pressed
        return name

    def obs_hotkey_load(self, name: str, saved: Any) -> None:
        pass

    def obs_hotkey_save(self, name: str) -> list[str]:
        self.held += 1
        return [name]

    def obs_data_get_array(self, settings: dict[str, Any], name: str) -> Any:
        self.held += 1
        return settings.get(name)

    def obs_data_set_array(self, settings: dict[str, Any], name: str, saved: Any) -> None:
        settings[name] = saved

    def obs_data_array_release(self, saved: Any) -> None:
        self.held -= 1

    def obs_data_get_string(self, settings: dict[str, Any], name: str) -> str:
        return str(settings.get(name, ""))

    def obs_enum_sources(self) -> list[Source]:
        self.held += 1
        return self.sources

    def source_list_release(self, sources: list[Source]) -> None:
        self.held -= 1

    def obs_source_get_name(self, source: Source) -> str:
        return source.name

    def obs_source_get_unversioned_id(self, source: Source) -> str:
        return source.kind

    def obs_get_source_by_name(self, name: str) -> Source | None:
        found = next((source for source in self.sources if source.name == name), None)
        self.held += found is not None
        return found

    def obs_source_release(self, source: Source) -> None:
        self.held -= 1

    def obs_source_set_sync_offset(self, source: Source, offset_ns: int) -> None:
        source.offset_ns = offset_ns
