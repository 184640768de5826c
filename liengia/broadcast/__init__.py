"""The commune's voice: one message, written once, approved by a second person, sent by every channel, with proof that it went out.

Words: a *bulletin* has a *priority* (thông thường, ưu tiên, khẩn cấp: Circular 39/2020/TT-BTTTT), a *kind*, an *audience* and
*channels*; it is written by one person and approved by another. Each time it goes out is a *dispatch*; what goes to one
address is a *delivery* (an outbox row); what comes back is a *receipt* (accepted, delivered, shown, heard, answered, never mixed
up). A bulletin that follows another (update, correction, withdrawal, all-clear) goes by the channels that the first went by.
A *channel* is a folder in `channels/`, found by scanning.

Public door: `services.bulletins` (verbs), `services.outbox.enqueue`, `services.receipts.receive`, `channels`, `audiences.register`, `policies`.
"""
