"""Which fields the vendors' requests have: what else is there is perhaps misspelt."""

from collections.abc import Mapping, Sequence
from typing import Final

# facts/amplitude-api.md 1.3
_EVENT: Final = (
    "event_type user_id device_id time insert_id event_properties user_properties groups group_properties "
    "platform os_name os_version device_brand device_manufacturer device_model carrier country region city dma "
    "app_version language price quantity revenue productId revenueType currency location_lat location_lng ip idfa "
    "adid idfv android_id android_app_set_id event_id session_id plan ingestion_metadata library partner_id "
    "user_agent "
)
# facts/onesignal-api.md 2.3, 6.1, with those of older clients
_MESSAGE: Final = (
    "adm_big_picture adm_group adm_group_message adm_large_icon adm_small_icon adm_sound aggregation "
    "android_accent_color android_background_layout android_channel_id android_group android_group_message "
    "android_led_color android_sound android_visibility apns_alert apns_push_type_override app_id app_url "
    "big_picture buttons channel_for_external_user_ids chrome_big_picture chrome_icon chrome_web_badge "
    "chrome_web_icon chrome_web_image collapse_id content_available contents custom_data data delayed_option "
    "delivery_time_of_day disable_email_click_tracking email_bcc email_body email_from_address email_from_name "
    "email_preheader email_reply_to_address email_sender_domain email_subject email_to email_warm_up "
    "excluded_segments existing_android_channel_id external_id filters firefox_icon global_image headings "
    "huawei_accent_color huawei_badge_add_num huawei_badge_class huawei_badge_set_num huawei_bi_tag "
    "huawei_big_picture huawei_category huawei_channel_id huawei_existing_channel_id huawei_large_icon "
    "huawei_led_color huawei_msg_type huawei_small_icon huawei_sound huawei_visibility id idempotency_key "
    "include_aliases include_amazon_reg_ids include_android_reg_ids include_chrome_reg_ids "
    "include_chrome_web_reg_ids include_email_tokens include_external_user_ids include_ios_tokens "
    "include_phone_numbers include_player_ids include_subscription_ids include_unsubscribed include_wp_wns_uris "
    "included_segments ios_attachments ios_badgeCount ios_badgeType ios_category ios_interruption_level "
    "ios_relevance_score ios_sound isAdm isAndroid isAnyWeb isChrome isChromeWeb isFirefox isHuawei isIos "
    "isSafari isWP_WNS kind large_icon mutable_content name priority send_after small_icon sms_from "
    "sms_media_urls subtitle summary_arg summary_arg_count target_channel target_content_identifier template_id "
    "thread_id throttle_rate_per_minute ttl url value web_buttons web_push_topic web_url wp_wns_sound "
)

FIELDS: Final[Mapping[str, Sequence[str]]] = {
    "upload": ["api_key", "events", "options", "client_upload_time"],
    "event": _EVENT.split(),
    "message": _MESSAGE.split(),
    "user": ["properties", "identity", "subscriptions", "deltas", "refresh_device_metadata"],
    "custom event": ["name", "external_id", "onesignal_id", "timestamp", "idempotency_key", "properties", "payload"],
}
