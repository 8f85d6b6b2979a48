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
cli-check-running = Dokumentov: { $documents }, zapisov: { $records }. Strani in iskanje kažejo to, kar je v dokumentih. Dokler vozlišče teče, se sama shramba ne preverja; za to ga je treba ustaviti.
cli-row-like-row = vrstica { $row }, { $title }: morda ista kot vrstica { $other } ({ $reason })
