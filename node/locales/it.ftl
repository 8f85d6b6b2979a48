# Le parole del nodo in italiano.

## Cornice
skip = Vai al contenuto
nav-main = Principale
nav-language = Lingua
nav-crumbs = Dove ti trovi
nav-overview = Panoramica
nav-conflicts = Conflitti
nav-partners = Partner e scambio
nav-waiting = in attesa
footer-local = Questa pagina viene dal tuo nodo. Funziona senza internet.
live-changed = Nel frattempo questa pagina è cambiata.
live-reload = Mostra lo stato attuale
live-offline = Il nodo non risponde; questa pagina potrebbe non essere aggiornata.
error-title = Non è riuscito
error-not-found = Non trovato
error-forbidden = Rifiutato
sign-in-title = Accesso
sign-in-how = Esegui questo comando sulla macchina del nodo; apre la pagina con l’accesso già fatto:
sign-in-why = Il collegamento vale una volta sola. Così altri programmi e altre persone su questa macchina restano fuori.

## Tempo e numeri
ago-now = proprio ora
ago-minutes = { $n ->
    [one] 1 minuto fa
   *[other] { $n } minuti fa
}
ago-hours = { $n ->
    [one] 1 ora fa
   *[other] { $n } ore fa
}
ago-days = { $n ->
    [one] 1 giorno fa
   *[other] { $n } giorni fa
}
n-records = { $n ->
    [one] 1 scheda
   *[other] { $n } schede
}
other-languages = { $n ->
    [one] In un’altra lingua
   *[other] In altre { $n } lingue
}

## Scambio
exchange-title = Scambio
exchange-table = Scambio con ogni partner
exchange-stopped = Il nodo si è fermato: { $reason }. Non è certo che gli ultimi dati inseriti siano salvati.
exchange-action = { $n ->
    [one] Un partner chiede di entrare e aspetta te.
   *[other] { $n } partner chiedono di entrare e aspettano te.
}
exchange-join-refused = La tua richiesta di entrare è stata rifiutata: { $reason }
exchange-joining = Hai chiesto di entrare in un partenariato. Fino all’ammissione tutto è salvato solo su questa macchina.
exchange-alone = Non sei ancora in un partenariato. Tutto è salvato solo su questa macchina.
exchange-first = Per ora sei l’unico partner. Tutto è salvato solo su questa macchina.
exchange-paused = { $n ->
    [0] Lo scambio è in pausa. Nulla di tuo è in attesa.
    [one] Lo scambio è in pausa. 1 modifica è salvata solo qui.
   *[other] Lo scambio è in pausa. { $n } modifiche sono salvate solo qui.
}
exchange-unreachable = { $n ->
    [0] Nessun partner raggiungibile dal { $since }. Puoi continuare a lavorare.
    [one] Nessun partner raggiungibile dal { $since }. 1 modifica è salvata solo qui; puoi continuare a lavorare.
   *[other] Nessun partner raggiungibile dal { $since }. { $n } modifiche sono salvate solo qui; puoi continuare a lavorare.
}
exchange-never-reached = { $n ->
    [0] Nessun partner è stato ancora raggiunto. Puoi continuare a lavorare.
    [one] Nessun partner è stato ancora raggiunto. 1 modifica è salvata solo qui.
   *[other] Nessun partner è stato ancora raggiunto. { $n } modifiche sono salvate solo qui.
}
exchange-exchanging = { $n ->
    [one] Scambio in corso con 1 partner.
   *[other] Scambio in corso con { $n } partner.
}
exchange-waiting = { $n ->
    [one] 1 modifica
   *[other] { $n } modifiche
} { $k ->
    [one] in attesa per 1 partner.
   *[other] in attesa per { $k } partner.
}
exchange-delivered = Consegnato a { $k } partner su { $total }. { $name } { $days ->
    [0] oggi non ha risposto.
    [one] non si vede da 1 giorno.
   *[other] non si vede da { $days } giorni.
}
exchange-delivered-never = Consegnato a { $k } partner su { $total }. { $name } non si è mai sentito.
exchange-all = { $n ->
    [one] L’altro partner ha le tue modifiche, conferma del { $time }.
   *[other] Tutti gli altri { $n } partner hanno le tue modifiche, ultima conferma del { $time }.
}
exchange-look = Guarda la richiesta
exchange-begin = Entra in un partenariato o fondane uno
exchange-now = Scambia ora
exchange-pause = Metti in pausa
exchange-resume = Riprendi lo scambio
exchange-progress = Trasferimento in corso
exchange-never = mai
exchange-direct = direttamente
exchange-through = tramite { $name }
exchange-next-try = { $n ->
    [0] Prossimo tentativo ora.
    [one] Prossimo tentativo tra 1 secondo.
   *[other] Prossimo tentativo tra { $n } secondi.
}
exchange-col-partner = Partner
exchange-col-state = Stato
exchange-col-lacks = Tue modifiche che gli mancano
exchange-col-we-lack = Sue modifiche che ti mancano
exchange-col-heard = Sentito l’ultima volta
exchange-col-way = Per quale via
partner-state-equal = Connesso
partner-state-exchanging = Scambio in corso
partner-state-away = Non connesso
partner-state-never-heard = Mai sentito
lag-none = nessuna
lag-exactly = { $n ->
    [one] 1 modifica
   *[other] { $n } modifiche
}
lag-at-least = { $n ->
    [one] almeno 1 modifica
   *[other] almeno { $n } modifiche
}
lag-unknown = non si sa

## Panoramica
overview-federation = { $n ->
    [one] { $name }, 1 partner
   *[other] { $name }, { $n } partner
}
overview-numbers = Che cosa c’è
overview-partners = Gli altri partner
overview-no-partners = Non c’è ancora nessun altro.
overview-empty = Non ci sono ancora schede. Comincia dalla tua organizzazione o da una rete; un foglio di calcolo si importa con “comin import”.

## Elenchi
filter-text = Testo
filter-all = Tutti
filter-apply = Mostra
filter-clear = Togli i filtri
list-name = Nome
list-register = Tenuto da
list-none-found = Nulla corrisponde a questi filtri.
list-empty-network = Ancora nessuna rete. Una rete ha un nome, un paese e i gruppi che aiuta.
list-empty-organisation = Ancora nessuna organizzazione. Aggiungine una o importa un foglio di calcolo con “comin import”.
list-empty-practice = Ancora nessuna buona pratica.
list-empty-event = Ancora nessun evento.
mark-conflict = in conflitto
mark-differs = i registri differiscono
pager = Pagine
pager-before = Indietro
pager-next = Avanti
pager-here = Pagina { $page } di { $pages }

## Schede
record-id = Scheda
record-created = Creata da
record-edit = Modifica
record-delete = Elimina
record-restore = Ripristina
record-read-only = sola lettura
record-deleted = Questa scheda è eliminata. Si può ripristinare.
record-deletion-disputed = Un partner ha eliminato questa scheda mentre un altro la modificava. Resta in elenco finché qualcuno decide.
record-differs = I registri che tengono questa scheda non concordano su: { $fields }.
record-members = Membri
record-no-members = Ancora nessun membro.
record-networks = Reti
record-no-networks = Ancora in nessuna rete.
value-yes = sì
value-no = no
value-removed = tolto
value-invalid = non valido
unknown-partner = sconosciuto
register-own = Il tuo registro
register-internal = Interno (solo il tuo partner)
register-partner = { $name }
new-network = Aggiungi una rete
new-organisation = Aggiungi un’organizzazione
new-practice = Aggiungi una buona pratica
new-event = Aggiungi un evento
new-membership = Aggiungi un’adesione

## Conflitti
conflicts-lead = Due persone hanno scritto valori diversi nello stesso campo senza sapere l’una dell’altra. Restano visibili entrambi finché qualcuno decide; la decisione raggiunge tutti i partner.
conflicts-none = Nulla aspetta una decisione.
conflict-count = { $n ->
    [one] 1 valore
   *[other] { $n } valori, scritti senza sapere l’uno dell’altro
}
conflict-decide = Decidi
conflict-keep = Tieni questo
conflict-number = valore { $n }
conflict-another = Scrivi un altro valore
conflict-not-yours = Decide il partner che tiene questo registro.
conflict-about-deletion = Eliminata da uno, modificata da un altro che non lo sapeva.
conflict-deleted = Eliminata
conflict-restored = Tieni la scheda
conflict-changed = Nel frattempo la scheda è cambiata. Ecco com’è ora.

## Moduli
form-save = Salva
form-cancel = Annulla
form-none = (nessuno)
form-required = (obbligatorio)
form-register = Registro
form-register-hint = Il tuo registro è letto da tutti i partner; quello interno da nessun altro.
form-refused = Non è stato possibile salvare.
form-more-languages = Altre lingue
form-nothing-to-choose = Non c’è ancora nulla da scegliere.
form-start = Inizio
form-end = Fine
form-zone = Fuso orario
form-has-conflicts = Questa scheda ha un conflitto. Salvare altri campi non lo decide:
hint-lines = Uno per riga.
hint-position = Latitudine, longitudine e precisione, per esempio 45.956,13.648;city
hint-country = Due lettere, per esempio SI, IT o FR.
hint-email = Un indirizzo d’ufficio, per esempio office@zavod.example; nessun indirizzo di una persona.
hint-references = Tieni premuto Ctrl (o ⌘) per sceglierne più d’uno.
stale-title = Qualcuno ha modificato questa scheda mentre la modificavi tu.
stale-how = Nulla di tuo è ancora salvato. Qui sotto vedi com’è ora e che cosa hai scritto; il modulo contiene ancora il tuo testo. Salva di nuovo per scrivere il tuo al suo posto.
stale-look = Torna indietro, guarda com’è ora la scheda e decidi di nuovo.
stale-field = Campo
stale-now = Com’è ora
stale-yours = Che cosa hai scritto
stale-drop = Lasciala com’è ora

## Partner
partners-members = Partner e dispositivi
partners-self = tu
partners-this-device = questo dispositivo
partners-steward = garante
partners-partner = partner
partners-col-name = Partner
partners-col-country = Paese
partners-col-role = Ruolo
partners-col-devices = Dispositivi
approvals-title = Aspettano te
approvals-how = Telefona al partner e confrontate il numero. Approva solo se leggete tutti e due lo stesso.
approval-approve = I numeri sono uguali: approva
approval-reject = Rifiuta
approval-other-name = L’invito era per { $name }.
check-number = Numero di controllo:
invites-title = Inviti
invites-none = Nessun invito.
invites-col-name = Per
invites-col-country = Paese
invites-col-state = Stato
invites-col-expires = Scade
invites-col-ticket = Invito
invite-title = Invita un partner
invite-how = Crea un invito che vale una volta sola. Mandalo per e-mail; poi confrontate il numero di controllo al telefono.
invite-name = Nome dell’organizzazione
invite-make = Crea l’invito
ticket-open = aperto
ticket-used = usato
ticket-expired = scaduto
ticket-cancelled = annullato
ticket-show = Mostra
ticket-cancel = Annulla
ticket-made = Invito per { $name }
ticket-how = Manda questo testo al partner. Vale una volta sola.
ticket-expires = Scade
join-title = Entra in un partenariato
join-how = Incolla l’invito che un partner ti ha mandato.
join-ticket = Invito
join-ask = Chiedi di entrare
join-read-out = Leggi questo numero al telefono. L’altra parte deve vedere lo stesso.
join-stage-dialling = Contatto il partner che ti ha invitato
join-stage-committed = Accordo sul numero di controllo
join-stage-waiting = In attesa della conferma
join-stage-admitted = Ammesso
join-stage-refused = Rifiutato
found-title = Fonda un partenariato
found-how = Solo se non ce n’è già uno in cui vuoi entrare. Ne diventi il primo garante.
found-name = Nome del partenariato
found-found = Fondalo

## Tipi
kind-network = Rete
kind-organisation = Organizzazione
kind-membership = Adesione
kind-practice = Buona pratica
kind-event = Evento
kinds-network = Reti
kinds-organisation = Organizzazioni
kinds-practice = Buone pratiche
kinds-event = Eventi

## Campi
field-activities = Attività
field-address = Indirizzo
field-attendance = Presenze
field-challenges = Difficoltà
field-city = Città
field-contribution = Contributo
field-coordinators = Coordinatori
field-country = Paese
field-deleted = Eliminata
field-description = Descrizione
field-email = E-mail
field-evidence = Prove di successo
field-identifiers = Identificativi
field-implementing_organisation = Realizzata da
field-languages = Lingue
field-last_verified = Ultima verifica
field-levels = Livelli
field-links = Collegamenti
field-name = Nome
field-network = Rete
field-networks = Reti
field-nuts = Codice NUTS
field-organisation = Organizzazione
field-organisations = Organizzazioni partecipanti
field-organiser = Organizzatore
field-original_language = Lingua originale
field-other_names = Altri nomi
field-phone = Telefono
field-place = Luogo
field-position = Posizione
field-practices = Buone pratiche presentate
field-programme = Programma
field-resources = Risorse
field-role = Ruolo
field-schema = Versione dello schema
field-since = Dal
field-state = Stato
field-strategy = Strategia
field-summary = Sintesi
field-target_groups = Gruppi destinatari
field-title = Titolo
field-transfer = Trasferibilità
field-type = Tipo
field-until = Fino al
field-visibility = Visibilità
field-vision = Visione
field-website = Sito web
field-when = Quando

## Paesi del partenariato
country-si = Slovenia
country-it = Italia
country-fr = Francia
