# The pages of the daily work in French.
history-created = créée
history-changed = modifiée
history-deleted = supprimée
history-restored = rétablie
cli-history-entry = { $time } : { $what } par { $partner }, { $device } (registre : { $register })
cli-history-more = Modifications plus anciennes : comin history { $id } --after { $next }
cli-undone = Annulée par une nouvelle modification dans le registre { $register } ; l’historique garde les deux.
problem-changed-since = Cela a changé entre-temps.
problem-nothing-left = Il ne reste rien de cette modification à annuler.
cli-check-running = { $documents } documents, { $records } fiches : pages et recherches disent ce que disent les documents. Tant que le nœud fonctionne, son stockage n’est pas vérifié ; pour cela, il faut l’arrêter.
cli-row-like-row = ligne { $row }, { $title } : peut-être la même que la ligne { $other } ({ $reason })
