# The pages of the daily work in Italian.
history-created = creata
history-changed = modificata
history-deleted = eliminata
history-restored = ripristinata
cli-history-entry = { $time }: { $what } da { $partner }, { $device } (registro: { $register })
cli-history-more = Modifiche precedenti: comin history { $id } --after { $next }
cli-undone = Annullata con una nuova modifica nel registro { $register }; la cronologia conserva entrambe.
problem-changed-since = Nel frattempo è cambiato.
problem-nothing-left = Di questa modifica non resta nulla da annullare.
cli-check-running = { $documents } documenti, { $records } voci: pagine e ricerche dicono ciò che dicono i documenti. Mentre il nodo è in funzione l’archivio non viene verificato: per farlo bisogna fermarlo.
cli-row-like-row = riga { $row }, { $title }: forse la stessa della riga { $other } ({ $reason })
