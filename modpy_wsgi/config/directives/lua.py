"""mod_lua."""

from __future__ import annotations

from modpy_wsgi.config.directives.table import known
from modpy_wsgi.config.model import Kind

ROWS = (
    *known(
        Kind.UNSUPPORTED,
        "Lua is not run",
        """
        <LuaHookAccessChecker    raw any       ALL
        <LuaHookAuthChecker      raw any       ALL
        <LuaHookCheckUserID      raw any       ALL
        <LuaHookFixups           raw any       ALL
        <LuaHookMapToStorage     raw any       ALL
        <LuaHookPreTranslateName raw any       ALL
        <LuaHookTranslateName    raw any       ALL
        <LuaHookTypeChecker      raw any       ALL
        <LuaQuickHandler         raw any       ALL
        LuaAuthzProvider         3   server
        LuaHookAccessChecker     2,3 any       ALL
        LuaHookAuthChecker       2,3 any       ALL
        LuaHookCheckUserID       2,3 any       ALL
        LuaHookFixups            2   any       ALL
        LuaHookInsertFilter      2   any       ALL
        LuaHookLog               2   any       ALL
        LuaHookMapToStorage      2   any       ALL
        LuaHookPreTranslate      1   server
        LuaHookPreTranslateName  2   any       ALL
        LuaHookTranslateName     2,3 any       ALL
        LuaHookTypeChecker       2   any       ALL
        LuaInputFilter           3   any       ALL
        LuaMapHandler            2,3 any       ALL
        LuaOutputFilter          3   any       ALL
        LuaQuickHandler          2   any       ALL
        """,
    ),
    *known(
        Kind.SERVER,
        "without meaning: Lua is not run",
        """
        Lua_____ByteCodeHack raw   any       ALL
        LuaCodeCache         1     any       ALL
        LuaInherit           1     any       ALL
        LuaPackageCPath      1     any       ALL
        LuaPackagePath       1     any       ALL
        LuaRoot              1     any       ALL
        LuaScope             1,2,3 any       ALL
        """,
    ),
)
