"""The platform flags of a message, `isIos` and the like: which devices a request asks for, and which it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from fake_onesignal.messages import Draft
    from fake_onesignal.wire.notifications import NotificationBody

FLAG_NAMES: Final = {
    "to_ios": "isIos",
    "to_android": "isAndroid",
    "to_huawei": "isHuawei",
    "to_any_web": "isAnyWeb",
    "to_chrome_web": "isChromeWeb",
    "to_firefox": "isFirefox",
    "to_safari": "isSafari",
    "to_windows": "isWP_WNS",
    "to_amazon": "isAdm",
    "to_chrome_extension": "isChrome",
    "to_email": "isEmail",
    "to_sms": "isSMS",
}
PLATFORM_FLAGS: Final[dict[str, tuple[str, ...]]] = {
    "to_ios": ("iOSPush",),
    "to_android": ("AndroidPush",),
    "to_huawei": ("HuaweiPush",),
    "to_any_web": ("ChromePush", "FirefoxPush", "SafariPush", "SafariLegacyPush", "WindowsPush"),
    "to_chrome_web": ("ChromePush",),
    "to_firefox": ("FirefoxPush",),
    "to_safari": ("SafariPush", "SafariLegacyPush"),
    "to_windows": ("WindowsPush",),
    "to_amazon": ("FireOSPush",),
    "to_chrome_extension": ("ChromeExtensionPush",),
}
"""Setting one of these true turns the others off (6.1); false alone narrows nothing (inferred)."""


def types_asked_for(body: NotificationBody) -> tuple[str, ...]:
    """Collect the types of subscription whose flags are set, each once; none when no flag is."""
    asked = (types for flag, types in PLATFORM_FLAGS.items() if getattr(body, flag))
    return tuple(dict.fromkeys(type_ for types in asked for type_ in types))


def render_platforms(draft: Draft) -> dict[str, bool]:
    """Render the platform flags: those that the message goes to, which without any flag are all of its channel."""
    flags = {
        FLAG_NAMES[flag]: draft.channel == "push" and (not draft.types or bool({*types} & {*draft.types}))
        for flag, types in PLATFORM_FLAGS.items()
    }
    return {**flags, "isEmail": draft.channel == "email", "isSMS": draft.channel == "sms"}
