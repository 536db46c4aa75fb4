"""The language of the window: the user's choice, else the desktop's, else English."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTranslator
from PySide6.QtWidgets import QApplication

TRANSLATIONS = Path(__file__).parent / "translations"
LANGUAGES = {"en": "English", "de": "Deutsch", "ja": "日本語"}


def chosen(language: str) -> str:
    """language: a key of LANGUAGES, or what is none for the desktop's. Returns a key."""
    if language in LANGUAGES:
        return language
    for name in QLocale.system().uiLanguages():
        if (code := name.partition("-")[0]) in LANGUAGES:
            return code
    return "en"


class Interpreter:
    """Keeps the translators that an application has installed, for they are not the application's own."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._installed: list[QTranslator] = []

    def speak(self, language: str) -> None:
        """As `chosen`; what was built before keeps its words."""
        self.close()
        code = chosen(language)
        locale = QLocale(code) if language else QLocale.system()
        QLocale.setDefault(locale)
        folders = {"qtbase": QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath), "osa_cam": str(TRANSLATIONS)}
        for name, folder in folders.items():
            translator = QTranslator()
            if code != "en" and translator.load(f"{name}_{code}", folder):
                self._app.installTranslator(translator)
                self._installed.append(translator)
        self._app.setLayoutDirection(Qt.LayoutDirection.LeftToRight if language else locale.textDirection())

    def close(self) -> None:
        """English again."""
        for translator in self._installed:
            self._app.removeTranslator(translator)
        self._installed.clear()
