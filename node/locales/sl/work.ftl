# The pages of the daily work in Slovene.
history-created = ustvarjeno
history-changed = spremenjeno
history-deleted = izbrisano
history-restored = obnovljeno
cli-history-entry = { $time }: { $what } – { $partner }, { $device } (register: { $register })
cli-history-more = Starejše spremembe: comin history { $id } --after { $next }
cli-undone = Razveljavljeno z novo spremembo v registru { $register }; zgodovina ohrani obe.
problem-changed-since = To se je medtem spremenilo.
problem-nothing-left = Od te spremembe ni ostalo ničesar, kar bi se dalo razveljaviti.
