"""Web push: a message to a phone whose page is closed, by the browser maker's push service, which cannot read it.

`encryption` (RFC 8188, RFC 8291), `vapid` (RFC 8292), `payload` (what the service worker gets, cut to its size),
`services` (which push services are known), `transport` (one batch on its way), `channel` (the door).
"""
