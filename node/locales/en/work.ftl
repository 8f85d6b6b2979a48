# The pages of the daily work in English.
history-created = created
history-changed = changed
history-deleted = deleted
history-restored = restored
cli-history-entry = { $time }: { $what } by { $partner }, { $device } (register: { $register })
cli-history-more = Older changes: comin history { $id } --after { $next }
cli-undone = Taken back by a new change in { $register }; the history keeps both.
problem-changed-since = This has changed since.
problem-nothing-left = Nothing is left of this change to take back.
cli-check-running = { $documents } documents, { $records } records: pages and searches read what the documents say. While the node runs, its store is not verified; stop it for that.
cli-row-like-row = row { $row }, { $title }: perhaps the same as row { $other } ({ $reason })
