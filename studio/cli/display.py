"""Whether a window can be shown here, asked before Qt is: where it cannot, Qt ends the process."""

from __future__ import annotations

import ctypes
import os
import sys
from importlib import import_module

HEADLESS = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs")
"""Qt platforms that need no display server."""

PACKAGES = (
    "libglib2.0-0 libgl1 libegl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libxcb-cursor0 libxcb-icccm4 "
    "libxcb-keysyms1 libxcb-shape0 libxcb-xkb1 libxkbcommon-x11-0"
)
"""Debian's and Ubuntu's names of the system libraries that Qt needs."""

XCB_LIBRARIES = (
    "libxcb-cursor.so.0",
    "libxcb-icccm.so.4",
    "libxcb-keysyms.so.1",
    "libxcb-shape.so.0",
    "libxcb-xkb.so.1",
    "libxkbcommon-x11.so.0",
)
"""What Qt's plugin for X loads; it is no use asking Python, for Qt loads it later and aborts."""


def why_no_display() -> str | None:
    """Return why no window can be shown, or None if one can."""
    if not sys.platform.startswith("linux") or _platform() in HEADLESS:
        return None
    if os.environ.get("WAYLAND_DISPLAY"):
        return None
    display = os.environ.get("DISPLAY")
    if not display:
        return "There is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set)."
    if not _x_server_answers():
        return f'There is no display here: DISPLAY is "{display}", and no X server answers there.'
    return None


def why_no_qt() -> str | None:
    """Return why Qt cannot be loaded, naming the library that is missing; None if it can."""
    try:
        import_module("PySide6.QtWidgets")
    except ImportError as error:
        return _advice(str(error))
    missing = [name for name in XCB_LIBRARIES if not _loads(name)] if _uses_x() else []
    return _advice(", ".join(missing)) if missing else None


def _advice(missing: str) -> str:
    """Say what is missing and how to get it."""
    if "No module named" in missing:
        return f"Qt is not installed ({missing}). Install it: python -m pip install PySide6-Essentials"
    library = missing.partition(": cannot open shared object file")[0]
    advice = f"Qt cannot be loaded, because this system lacks {library}."
    if sys.platform.startswith("linux"):
        advice += f"\nOn Debian and Ubuntu, as root:\n    apt-get install {PACKAGES}"
    return advice


def _platform() -> str:
    """Return the Qt platform that the environment asks for, without its options."""
    return os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]


def _uses_x() -> bool:
    """Say whether Qt will talk to an X server."""
    if not sys.platform.startswith("linux"):
        return False
    return _platform() == "xcb" or (not _platform() and not os.environ.get("WAYLAND_DISPLAY"))


def _loads(library: str) -> bool:
    """Say whether a system library can be loaded."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _x_server_answers() -> bool:
    """Say whether the X server that DISPLAY names lets us in; without X's library, assume it."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connection_has_error.argtypes = [ctypes.c_void_p]
    xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    answers = not xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return answers
