"""Facebook Messenger: HMAC-SHA256 signatures, batches of many items, echoes that tell who wrote."""
