"""What a message shows of everything that its request did not say: "", false, {} or null (facts/onesignal-api.md 6.3).

Icons, sounds and colours are "", most others null. Left out is what must not be null for the strict official client and
has no zero of its own: `collapse_id`, `email_body`, `mutable_content`, `summary_arg`, the lists of addresses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fake_onesignal.wire.notifications import FLAG_NAMES, PLATFORM_FLAGS

if TYPE_CHECKING:
    from fake_onesignal.messages import Draft

_EMPTY: Final = (
    "adm_big_picture",
    "adm_group",
    "adm_large_icon",
    "adm_small_icon",
    "adm_sound",
    "android_accent_color",
    "android_group",
    "android_led_color",
    "android_sound",
    "big_picture",
    "chrome_big_picture",
    "chrome_icon",
    "chrome_web_badge",
    "chrome_web_icon",
    "chrome_web_image",
    "firefox_icon",
    "global_image",
    "huawei_accent_color",
    "huawei_big_picture",
    "huawei_large_icon",
    "huawei_led_color",
    "huawei_small_icon",
    "huawei_sound",
    "ios_sound",
    "large_icon",
    "small_icon",
    "wp_wns_sound",
)
_NULL: Final = (
    "android_channel_id",
    "android_visibility",
    "apns_alert",
    "app_url",
    "bcc_sent",
    "buttons",
    "content_available",
    "custom_data",
    "data",
    "delayed_option",
    "delivery_time_of_day",
    "email_bcc",
    "email_from_address",
    "email_from_name",
    "email_preheader",
    "email_reply_to_address",
    "email_sender_domain",
    "email_subject",
    "external_id",
    "filters",
    "huawei_category",
    "huawei_channel_id",
    "huawei_msg_type",
    "include_aliases",
    "include_external_user_ids",
    "include_player_ids",
    "include_subscription_ids",
    "ios_attachments",
    "ios_badgeCount",
    "ios_badgeType",
    "ios_category",
    "ios_interruption_level",
    "ios_relevance_score",
    "kind",
    "name",
    "priority",
    "sms_from",
    "sms_media_urls",
    "tags",
    "template_id",
    "thread_id",
    "ttl",
    "url",
    "web_buttons",
    "web_push_topic",
    "web_url",
)
UNSET: Final[dict[str, Any]] = {
    **dict.fromkeys(_EMPTY, ""),
    **dict.fromkeys(_NULL),
    "contents": {},
    "headings": {},
    "subtitle": {},
    "included_segments": [],
    "excluded_segments": [],
    "disable_email_click_tracking": False,
    "include_unsubscribed": False,
}


def render_platforms(draft: Draft) -> dict[str, bool]:
    """Render the platform flags: those that the message goes to, which without any flag are all of its channel."""
    flags = {
        FLAG_NAMES[flag]: draft.channel == "push" and (not draft.types or bool({*types} & {*draft.types}))
        for flag, types in PLATFORM_FLAGS.items()
    }
    return {**flags, "isEmail": draft.channel == "email", "isSMS": draft.channel == "sms"}
