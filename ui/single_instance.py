"""One OSA Cam a user: a second start raises the first."""

from __future__ import annotations

import getpass
import zlib

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

ANSWERS_WITHIN_MS = 500


def server_name() -> str:
    """One a user and a settings' file: whoever points the settings elsewhere means another OSA Cam."""
    from osa_cam.live.settings import settings_path

    return f"osa-cam-{getpass.getuser()}-{zlib.crc32(str(settings_path()).encode()):08x}"


class SingleInstance(QObject):
    """`claim` first; then `asked` tells of every further start."""

    asked = Signal()

    def __init__(self, name: str | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name or server_name()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._heard)

    def claim(self) -> bool:
        """False when another one runs, which has then been asked to show itself."""
        if self._reached():
            return False
        if not self._server.listen(self._name):
            # What nobody answers on was left by one that crashed.
            QLocalServer.removeServer(self._name)
            self._server.listen(self._name)
        return True

    def close(self) -> None:
        self._server.close()

    def _reached(self) -> bool:
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        reached = socket.waitForConnected(ANSWERS_WITHIN_MS)
        socket.abort()
        return reached

    def _heard(self) -> None:
        while (connection := self._server.nextPendingConnection()) is not None:
            connection.disconnected.connect(connection.deleteLater)
            connection.disconnectFromServer()
            self.asked.emit()
