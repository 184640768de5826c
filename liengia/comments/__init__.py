"""Readers' comments under what the commune publishes ("Ý kiến bạn đọc"), moderated in the open.

Words: *thread* (the comments under one thing), *comment*, *reply* (one level deep), *official answer*, *stub* (what is
left of a comment that was taken away), *flag* (a reader's report of a comment), *second look* (the writer asks once for
another moderator). A guest gives no more than a text and, if they like, a name; of who writes nothing is kept: no
address, no device, no account, and the day only.

An upper room calls `services.thread_for` when it publishes something, and shows `{% comments thread %}`.

Public door: `models.Thread`, `services.thread_for`, `services.set_open`, `queries.shown_count`.
"""
