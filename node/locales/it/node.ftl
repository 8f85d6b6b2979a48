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
nav-menu = Menu
nav-menu-close = Chiudi
footer-local = Questa pagina viene dal tuo nodo. Funziona senza internet.
live-changed = Nel frattempo questa pagina è cambiata.
live-reload = Mostra lo stato attuale
live-offline = Il nodo non risponde; questa pagina potrebbe non essere aggiornata.
error-title = Non è riuscito
error-not-found = Non trovato
error-forbidden = Rifiutato
error-detail = Che cosa dice il nodo, per il tuo reparto IT

## Rifiuti
problem-not-found = Quel che cerchi non è qui. Forse è in un’altra pagina, o non ti è permesso leggerlo.
problem-stale = Nel frattempo qualcuno l’ha modificata. Guarda com’è ora e decidi di nuovo.
problem-not-allowed = Qui non ti è permesso.
problem-not-admin = Questo è riservato agli amministratori del nodo.
problem-foreign-office = Questa richiesta non viene dalla pagina del nodo, o usa un altro nome. Scrivi l’indirizzo del nodo nel browser.
problem-foreign-request = Questa richiesta non viene dalla pagina del nodo. Apri di nuovo la pagina con “comin open”.
problem-backup = Ora non si può fare un backup.
problem-machine-request = Questa non è la richiesta di una nuova macchina, o non è intera. Copia tutto il testo che la nuova macchina mostra.
problem-no-writers = Nessuno scriverebbe questo registro. Scegli almeno un partner, o tutti.
problem-backup-nowhere = Al nodo non è stata data una cartella per le copie; non ne è stata scritta nessuna. Indicala in node.toml, come qui sotto, e riavvia il nodo.
problem-precondition = Allo stato attuale non si può fare.
problem-ambiguous = Più cose hanno questo nome.
problem-invalid = Quel che hai inserito non è accettabile.
problem-bad-request = L’indirizzo o il modulo non si può leggere. Torna indietro e riprova.
problem-stopped = Il nodo si è fermato. Non è certo che gli ultimi dati inseriti siano salvati. Avvisa il tuo reparto IT.
problem-store = Il nodo non riesce a leggere i suoi dati. Avvisa il tuo reparto IT.
problem-store-busy = I dati del nodo sono in uso. Riprova tra un momento.
problem-timeout = Il nodo non ha risposto in tempo. Guarda se la tua modifica c’è prima di riprovare.
problem-proposed-there = Una proposta si fa sulla scheda di cui parla: apri quella scheda e scegli «Proponi una modifica».
problem-method = La pagina non offre questa azione.
problem-too-large = Quel che è stato inviato è troppo grande.
problem-media-type = Quel che è stato inviato ha una forma che il nodo non legge.
problem-if-match = Il modulo è arrivato senza la versione per cui era fatto. Aprilo di nuovo.
problem-not-signed-in = Non hai fatto l’accesso.
problem-too-many-streams = Troppe pagine di questo nodo sono aperte. Chiudine alcune.
problem-under-way = La stessa richiesta è già in corso.
problem-import-running = È in corso un’altra importazione. Riprova quando sarà finita.
problem-plan-changed = L’importazione farebbe ormai qualcosa di diverso da ciò che hai visto: è cambiata un’impostazione, una colonna o una scheda. Ecco che cosa farebbe adesso.
problem-upload-room = Il file ha fatto posto ad altri più recenti prima di essere importato. Invialo di nuovo.
problem-upload-late = Il file ha atteso più di un’ora ed è stato scartato. Invialo di nuovo.
problem-upload-imported = Il file è già stato importato.
problem-uploads-busy = In questo momento altri inviano file grandi. Invia di nuovo il tuo fra un minuto.
problem-internal = Il nodo ha commesso un errore. Avvisa il tuo reparto IT.
refused-required = Non è stato inserito nulla. Compila questo campo.
refused-too-long = { $value } è troppo lungo. Accorcialo a { $max } caratteri.
refused-several-lines = Il testo va a capo. Scrivilo su una riga sola.
refused-line = { $value } non è accettabile. Scrivilo di nuovo senza caratteri speciali.
refused-name = Un nome è una riga di al massimo { $max } caratteri, senza caratteri speciali.
refused-code = { $value } non è tra le scelte. Scegli dall’elenco.
refused-reference = { $value } non è una scheda adatta. Scegli dall’elenco.
refused-date = { $value } non è un giorno. Scrivi anno, mese e giorno, per esempio 2026-10-15.
refused-month = { $value } non è un mese. Scrivi anno e mese, per esempio 2026-10.
refused-moment_range = Questi orari non vanno bene. Inserisci un inizio, e una fine che venga dopo.
refused-position = { $value } non è una posizione. Scrivi latitudine, longitudine e precisione, per esempio 45.956,13.648;city
refused-integer = { $value } non è un numero adatto. Scrivi un numero intero senza spazi né punti.
refused-link = { $value } non è un indirizzo web. Comincia con https:// e non lasciare spazi.
refused-email = { $value } non è un indirizzo e-mail. Scrivilo come office@zavod.example.
refused-country = { $value } non è un paese. Scrivi le sue due lettere, per esempio SI, IT o FR.
refused-code-of = { $value } non è tra queste scelte: { $choices }
refused-flag = { $value } non è né sì né no.
refused-record = { $value } non è né il nome né l’id di una scheda che c’è qui. Importa prima quella, o scrivi il suo id.
refused-record-several = Più schede si chiamano { $value }. Scrivi l’id di quella che intendi.
refused-record-later = Qui s’intende un’altra scheda del file, che qui non c’è ancora. Importa prima quel tipo: { $kind }.
refused-same-row = È la stessa scheda della riga { $row }.
refused-personal-email = Sembra l’indirizzo di una persona, e quello va con la persona di contatto. Scrivi un indirizzo di funzione, o imposta che questi vengano tralasciati (--leave-personal-email) o presi (--allow-personal-email).
refused-digest = { $value } non è una somma di controllo. Copia le 64 cifre della somma SHA-256.
sign-in-title = Accesso
sign-in-how = Esegui questo comando sulla macchina del nodo; apre la pagina con l’accesso già fatto:
sign-in-why = Il collegamento vale una volta sola. Così altri programmi e altre persone su questa macchina restano fuori.
sign-in-name = Nome
sign-in-password = Password
sign-in-wrong = Nome e password non corrispondono. Chi gestisce il nodo può darti un’altra password.
sign-in-held-off = Troppe password sbagliate. Aspetta dieci minuti, poi riprova.
sign-out = Esci
signed-out = Non hai più accesso. Accedi in un’altra finestra, poi continua qui.
office-trust = Il browser mostra un avviso su questa pagina?
office-trust-why = Il certificato di questo nodo viene dal tuo ufficio, e il browser non lo conosce ancora. Diglielo una volta: non avviserà più, e ti accorgerai se qualcun altro si finge questo nodo.
office-trust-file = Il certificato del tuo ufficio
office-trust-compare = Prima di accettarlo confronta la sua impronta SHA-256 con quella che ti legge chi gestisce il nodo (comin tls show).
office-trust-firefox = Firefox: Impostazioni, Privacy e sicurezza, Mostra certificati, Autorità, Importa; consideralo attendibile per i siti web.
office-trust-windows = Windows (Edge, Chrome): apri il file, Installa certificato, Utente corrente, mettilo in “Autorità di certificazione radice attendibili”.
office-trust-macos = macOS: apri il file, poi imposta “Fidati sempre” in Accesso Portachiavi.
office-trust-android = Android: Impostazioni, Sicurezza, Crittografia e credenziali, Installa un certificato, Certificato CA.
partners-admins = Inviti e decisioni sono riservati agli amministratori del nodo.

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
exchange-decide = { $n ->
    [one] Una decisione del partenariato aspetta te.
   *[other] { $n } decisioni del partenariato aspettano te.
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
    [0] si è sentito l’ultima volta il { $since }.
    [one] non si sente da 1 giorno.
   *[other] non si sente da { $days } giorni.
}
exchange-delivered-never = Consegnato a { $k } partner su { $total }. { $name } non si è mai sentito.
exchange-all = { $n ->
    [one] L’altro partner ha le tue modifiche, conferma del { $time }.
    [2] Entrambi gli altri partner hanno le tue modifiche, ultima conferma del { $time }.
   *[other] Tutti gli altri { $n } partner hanno le tue modifiche, ultima conferma del { $time }.
}
exchange-look = Guarda che cosa aspetta
exchange-begin = Entra in un partenariato o fondane uno
exchange-now = Scambia ora
exchange-pause = Metti in pausa
exchange-resume = Riprendi lo scambio
exchange-progress = Trasferimento in corso
exchange-never = mai
exchange-not-reached = Non raggiunto all’ultimo tentativo.
exchange-why = Motivo, per il tuo reparto IT
exchange-direct = direttamente
exchange-through = tramite { $name }
exchange-next-try = { $n ->
    [0] Prossimo tentativo ora.
    [one] Prossimo tentativo tra 1 secondo.
   *[other] Prossimo tentativo tra { $n } secondi.
}
exchange-col-partner = Partner
exchange-col-state = Stato
exchange-col-lacks = Ancora da inviare
exchange-col-we-lack = Ancora da ricevere
exchange-col-heard = Sentito l’ultima volta
exchange-col-way = Collegamento
dial-hung-up = l’altra parte ha chiuso: forse non conosce ancora questa macchina, o è in pausa
dial-closed = la connessione è stata chiusa
dial-broke = la connessione si è interrotta
dial-not-begun = connesso, ma lo scambio non ha potuto cominciare
dial-no-address = non se ne conosce alcun indirizzo
dial-denied = troppe connessioni, o non è più membro
dial-under-way = un altro tentativo è in corso
dial-silent = l’altra parte non risponde
dial-not-now = non è membro, o lo scambio è in pausa
dial-paused = lo scambio è stato messo in pausa
partner-state-equal = Connesso
partner-state-exchanging = Scambio in corso
partner-state-away = Non connesso
partner-state-never-heard = Mai sentito
lag-none = nulla
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
overview-conflicts = { $n ->
    [one] 1 conflitto attende una decisione.
   *[other] { $n } conflitti attendono una decisione.
}
overview-documents = Rassegna e immagini
overview-survey = La rassegna delle reti, redatta da ciò che tutti i partner condividono. Si stampa o si salva in PDF.
overview-graph = Immagine: organizzazioni e reti
overview-map = Carta: dove sono le organizzazioni
overview-partners = Gli altri partner
overview-no-partners = Non c’è ancora nessun altro.
overview-empty = Non ci sono ancora schede. Comincia dalla tua organizzazione o da una rete; un foglio di calcolo si può importare.

## Elenchi
filter-text = Cerca
filter-all = Tutti
filter-apply = Mostra
filter-more = Filtri
filter-clear = Togli i filtri
list-name = Nome
list-register = Conservata in
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
record-kept-in = Conservata in:
record-id = Identificativo di questa scheda, per il tuo reparto IT:
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
register-person = Un registro proprio della persona
register-partner = { $name }
new-network = Aggiungi una rete
new-organisation = Aggiungi un’organizzazione
new-practice = Aggiungi una buona pratica
new-event = Aggiungi un evento
new-membership = Aggiungi un’adesione
new-interest = Registra un interesse
new-programme = Aggiungi un programma formativo
new-publication = Aggiungi una pubblicazione
new-note = Aggiungi una nota
new-sameas = Indica che due schede sono la stessa

## Conflitti
conflicts-lead = Due persone hanno scritto valori diversi nello stesso campo senza sapere l’una dell’altra. Restano visibili entrambi finché qualcuno decide; la decisione raggiunge tutti i partner.
conflicts-none = Nulla aspetta una decisione.
conflicts-all = Tutto ciò che aspetta una decisione
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
conflict-keep-or-delete = tenerla o eliminarla?
conflict-deleted = L’ha eliminata
conflict-edited = L’ha modificata
conflict-restored = L’ha tenuta
conflict-take-deletion = Elimina la scheda
conflict-take-record = Tieni la scheda
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
form-start-time = Inizio, ora
form-end = Fine
form-end-time = Fine, ora
form-zone = Fuso orario
hint-moments = Lascia vuote le ore se si tratta di giornate intere, e tutto se la data non è ancora nota.
form-has-conflicts = Questa scheda ha un conflitto. Salvare altri campi non lo decide:
hint-lines = Uno per riga.
hint-position = Latitudine, longitudine e precisione, per esempio 45.956,13.648;city
hint-country = Due lettere, per esempio SI, IT o FR.
hint-email = Un indirizzo d’ufficio, per esempio office@zavod.example; nessun indirizzo di una persona.
hint-nuts = Codice della regione statistica, per esempio SI04 o ITH3. Può restare vuoto.
hint-identifiers = Partita IVA, numero del registro o altri numeri ufficiali, uno per riga.
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
partners-roles = Un garante decide, insieme agli altri garanti, chi viene ammesso.
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
drafts-title = In attesa dei garanti
draft-all = tutti i partner
draft-admission = Ammettere { $name } ({ $more })
draft-shared-register = Creare il registro condiviso «{ $name }», scritto da { $more }
draft-register-writers = Far scrivere il registro «{ $name }» a { $more }
draft-stewards = Garanti d’ora in poi: { $name }{ $more }
draft-removal = Escludere { $name } per sempre{ $more }
draft-rekeying = Sostituire la chiave di { $name }; la nuova comincia con { $more }. Confrontatela al telefono.
draft-signed = Firmato da { $names }; devono firmare in { $n }.
draft-missing = Non ancora: { $names }
draft-refused = Rifiutato da { $names }
draft-sign = Firma
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
ticket-code = L’invito come codice QR
ticket-code-show = Mostralo come codice QR
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
join-refused-ticket-unknown = Il partner che ti ha invitato non conosce questo invito.
join-refused-ticket-used = Un’altra macchina ha già usato questo invito.
join-refused-ticket-expired = L’invito è scaduto.
join-refused-ticket-cancelled = Il partner che ti ha invitato ha annullato questo invito.
join-refused-foreign-federation = L’invito è per un altro partenariato.
join-refused-commitment-mismatch = Quel che l’altra parte ha mostrato non corrisponde a quel che aveva promesso. Telefona prima di riprovare.
join-refused-too-many-attempts = I tre tentativi dell’invito sono esauriti.
join-refused-rejected = Il partner che ti ha invitato ha rifiutato.
join-refused-malformed = L’altra parte ha mandato qualcosa che non si capisce.
join-waits-for = In attesa di: { $name }
found-title = Fonda un partenariato
found-how = Solo se non ce n’è già uno in cui vuoi entrare. Ne diventi il primo garante.
found-name = Nome del partenariato
found-found = Fondalo

## Momenti
moment-zone = ora di { $place }

## Riga di comando
cli-no-federation = Ancora in nessun partenariato: comin found NOME, oppure comin join INVITO
cli-federation = { $n ->
    [one] Federazione { $name }, 1 partner
   *[other] Federazione { $name }, { $n } partner
}
cli-not-running = Il nodo è fermo: non si scambia nulla. comin run
cli-exchange = Scambio: { $text }
cli-unsent = { $n } delle nostre ancora su nessun’altra macchina
cli-peer-lacks = gli manca: { $what }
cli-peer-we-lack = ci manca: { $what }
cli-peer-heard = sentito l’ultima volta { $when }
cli-peer-tried = ultimo tentativo: { $what }
cli-needs-approval = { $n ->
    [one] 1 nuovo partner aspetta la conferma: comin approvals
   *[other] { $n } nuovi partner aspettano la conferma: comin approvals
}
cli-needs-resume = Lo scambio è in pausa: comin sync resume
cli-joining = Ingresso: { $stage }
cli-store-failed = L’archivio non funziona: { $reason }. comin check
cli-fault = Guasto di { $partner }: { $what }
cli-edit-waits = { $n ->
    [one] 1 campo che hai scritto aspetta
   *[other] { $n } campi che hai scritto aspettano
} per { $record }: la scheda è andata via con la seconda storia di una macchina copiata, e tornerà quando l’avrà di nuovo il partner di quella macchina. Qui non è perso nulla.
cli-founded = { $name } è fondata; questo partner ne è il primo garante.
cli-founded-next = Poi: comin invite "PARTNER" --country FR --file invito.txt
cli-ticket = Invito per { $name }, valido fino al { $expires }
cli-ticket-hand-over = Consegnalo per una via di cui ti fidi. Lì il reparto IT esegue: comin join INVITO
cli-ticket-no-code = L’invito è troppo lungo per un codice QR; consegna il testo o un file (--file).
cli-ticket-compare = Quando chiamano, confronta il numero di controllo: comin approvals
cli-ticket-run = Per riceverli questo nodo deve essere in funzione: comin run
cli-ticket-cancelled = L’invito è annullato.
cli-no-tickets = Non ci sono inviti.
cli-joined = Ammesso in { $name }.
cli-join-dialling = Cerco il nodo del partner che ti ha invitato …
cli-join-tried = Cerco il nodo del partner che ti ha invitato; ultimo tentativo: { $what }
cli-join-committed = Connesso; scambio le chiavi …
cli-join-waiting = In attesa della conferma.
cli-join-waiting-for = In attesa della conferma di { $name }.
cli-join-read-out = Leggilo al partner che ti ha invitato; dovete vedere tutti e due lo stesso.
cli-join-close = Puoi chiudere con Ctrl-C: il nodo continua, e “comin status” dice a che punto è.
cli-asks = { $name } ({ $country }) chiede di entrare.
cli-asks-same = Lo stesso sul loro schermo: comin approvals approve { $id }
cli-asks-other = Un altro: comin approvals reject { $id }
cli-no-approvals = Nessuno aspetta la conferma.
cli-proposed = Firmato qui; attende le firme dei garanti: { $names }
cli-proposed-next = Lo vedono in “comin approvals” come { $id }; lo porta il nodo di qualunque membro.
cli-draft-lost = Non può più avere la maggioranza. Per ritirarlo: comin approvals reject { $id }
cli-draft-dormant = È in corso un altro turno: ora nessuno lo firma. ({ $id })
cli-draft-sign = Per firmare: comin approvals approve { $id }
cli-draft-refuse = Per rifiutare: comin approvals reject { $id }
cli-draft-id = ({ $id })
cli-stewards-set = I garanti sono stabiliti.
cli-steward-key = la sua chiave è stata sostituita: comin stewards set
cli-no-stewards = Non ci sono garanti.
cli-stewards-decide = Decidono insieme in { $n } su { $count }.
cli-partner-removed = Escluso per sempre. Tiene quello che ha e non riceve altro.
cli-key-replaced = La chiave è sostituita. Il vecchio kit di recupero non vale più nulla: distruggetelo.
cli-key-kit = Nuovo kit di recupero: { $file }. Stampatelo, chiudetelo a chiave, cancellate il file.
cli-key-read-out = Da leggere ai garanti: { $key }
cli-unconfirmed = Questa macchina è stata ripristinata e non firma nulla per il partenariato finché i nodi degli altri garanti (o, se questo partner non lo è, un altro nodo) non confermano che cosa aveva firmato: comin sync --wait 60s. Se non resta nessun altro nodo: comin restore --alone
cli-restored-alone = Questa macchina firma di nuovo per il partenariato.
cli-backup-written = Backup scritto: { $file } ({ $kilobytes } kB).
cli-backup-secret = Contiene la chiave segreta di questa macchina: custoditelo come la macchina stessa, e non solo sul suo disco.
cli-backup-sound = Il backup è integro: { $name }, macchina { $device }, fatto il { $time }, { $records ->
    [one] 1 scheda
   *[other] { $records } schede
}.
cli-backup-restored = Ripristinato: { $name }, macchina { $device }, stato al { $time }, { $records ->
    [one] 1 scheda
   *[other] { $records } schede
}.
cli-backup-next = Ora: comin{ $place } run. Ciò che gli altri hanno ricevuto nel frattempo arriverà dai loro nodi. La macchina su cui è stato fatto il backup non va più avviata.
cli-backup-failed = Non si riesce a scrivere il backup: { $reason }
cli-backup-last = Ultimo backup: { $time }, { $file }
partners-removed = escluso
cli-approved = Ammesso.
cli-rejected = Rifiutato.
cli-this-partner = questo partner
cli-this-machine = questa macchina
cli-no-partners = Non ci sono partner.
cli-no-devices = Non ci sono macchine.
cli-revoked = La macchina è revocata. Quello che ha scritto prima resta; chi la possiede conserva ciò che contiene.
cli-revoked-tip = Ciò che firma per il partenariato vale finché non lo dice anche la chiave: comin devices revoke MACCHINA --kit FILE. Se la possiede qualcun altro, fatelo subito.
cli-revoked-machine = revocata
cli-no-users = Nessuno accede dalla rete dell’ufficio. Aggiungi qualcuno: comin users add NOME --role admin
cli-restored-users = Possono accedere dalla rete dell’ufficio, come al momento del backup: { $names }. Chi è stato rimosso dopo c’è di nuovo: comin users list
cli-user-removed = { $name } è stato rimosso e disconnesso.
cli-user-password = La password di { $name }, mostrata solo adesso:
cli-tls-fingerprint = Impronta SHA-256 dell’autorità del tuo ufficio, da confrontare prima che un browser se ne fidi:
cli-tls-next-listen = Scrivi in node.toml: [listen] office = ["{ $address }"], aggiungi utenti (comin users add) e riavvia il nodo.
cli-tls-next-start = Riavvia il nodo. I browser devono fidarsi della nuova autorità; cancella lì quella vecchia.
cli-no-registers = Non ci sono registri.
cli-register-made = Il registro { $name } c’è: { $id }
cli-writers-set = Chi scrive è impostato.
cli-written-by-all = scritto da tutti
cli-written-by = scritto da { $names }
cli-register-partner = registro del partner
cli-register-internal = registro interno
cli-yours-to-write = puoi scriverci
cli-saved = Salvata: { $title } ({ $id }) in { $register }
cli-added = Aggiunta: { $title } ({ $id }) in { $register }
cli-removed = Segnata come eliminata: { $title } ({ $id }) in { $register }
cli-restored = Di nuovo presente: { $title } ({ $id }) in { $register }
cli-to-decide = { $n ->
    [one] 1 campo aspetta una decisione: comin conflicts
   *[other] { $n } campi aspettano una decisione: comin conflicts
}
cli-nothing-found = Non è stato trovato nulla.
cli-figures-as-of = Stato dei dati: { $day }
cli-figures-networks = reti
cli-figures-organisations = organizzazioni
cli-figures-memberships = adesioni
cli-figures-bridges = in più reti
cli-figures-events = eventi
cli-figures-practices = pratiche
cli-figures-interests = interesse
cli-figures-joined = nuove adesioni
cli-figures-members = adesioni
cli-figures-countries = Paese
cli-figures-levels = Livello
cli-figures-target_groups = Destinatari
cli-figures-months = Mese
cli-figures-total = Totale
cli-deleted = eliminata
cli-in-register = In { $register }; aggiunta da { $partner }, { $time }; versione { $version }
cli-in-register-read-only = In { $register }, sola lettura; aggiunta da { $partner }, { $time }; versione { $version }
cli-registers-differ = I registri differiscono in: { $fields }
cli-cleared = (tolto)
cli-in-conflict = In conflitto: { $field }
cli-edited = modificato { $field }: { $value }
cli-no-conflicts = Nulla è in conflitto.
cli-conflict-in = { $title }, registro: { $register }
cli-decided = Deciso.
cli-would-import = Risultato previsto: { $added } aggiunte, { $changed } modificate, { $unchanged } invariate.
cli-row-refused-whole = riga { $row }: { $reason }
cli-row-refused = riga { $row }, { $column }: { $reason }
cli-import-progress = { $written } di { $total } voci scritte
cli-imported = Importate: { $added } aggiunte, { $changed } modificate, { $unchanged } invariate.
cli-row-would-add = riga { $row }: sarebbe aggiunta
cli-row-would-change = riga { $row }: cambierebbe { $fields }
cli-import-columns = Colonne: { $columns }
cli-import-not-taken = Colonne non riprese: { $columns }
cli-import-key = Le righe senza id si ritrovano per: { $fields }
cli-import-absent = Schede del registro che non sono nel file e restano come sono: { $n }
cli-import-elsewhere = Righe di schede di altri registri, che dicono quel che c’è già: { $n }
cli-import-ids-unknown = Righe con un id qui sconosciuto, che non conta: { $n }
cli-import-emails-left = Indirizzi e-mail tralasciati perché sembrano di una persona: { $n }
cli-import-persons = Persone di contatto: { $added } aggiunte, { $changed } modificate, { $unchanged } invariate.
cli-import-persons-terms = Per riprenderle aggiungi --purpose, --legal-basis e --retain-until; altrimenti --without-persons
cli-import-positions = Posizioni di città (GeoNames, CC BY 4.0): { $filled } completate, { $unknown } città sconosciute o senza paese (--set country=IT), { $several } con più città dello stesso nome.
cli-import-duplicates = Queste forse ci sono già. Controlla e, se è così, correggi nome o città nel file:
cli-row-duplicate = riga { $row }: { $title } ({ $id }), { $reason }
cli-record-absent = non è nel file: { $title } ({ $id })
cli-duplicate-identifier = lo stesso identificativo
cli-duplicate-website = lo stesso sito
cli-duplicate-name = un nome simile nella stessa città
cli-and-more = … e altre { $n }
cli-sync-paused = Lo scambio è in pausa, anche dopo un riavvio. Si può continuare a lavorare. Per riprendere: comin sync resume
cli-sync-resumed = Lo scambio riprende.
cli-sync-complete = Tutti hanno tutto.
cli-sync-missing = Manca dopo { $n } s: { $names }
cli-sync-asked = Chiesto a tutti; non ancora completo: { $names }
cli-check-good = { $documents } documenti, { $records } schede, { $entries } voci: tutto è intero, e le pagine leggono quel che dicono i documenti.
cli-check-size = { $live } kB di dati vivi occupano { $disk } kB su disco.
cli-config-good = { $file } va bene.
cli-config-default = { $file } non esiste: valgono i valori predefiniti.
cli-version = comin { $version }, formato dell’archivio { $format }
cli-open-once = Il collegamento apre un solo browser, una volta, entro dieci minuti.
doctor-identity = { $name } ({ $country }), cartella { $place }
doctor-key = la chiave del dispositivo c’è ed è chiusa agli altri
doctor-config = la configurazione si può leggere
doctor-office = la pagina per l’ufficio si può servire: { $addresses }
doctor-store = l’archivio si apre
doctor-running = il nodo è in funzione
doctor-not-running = il nodo è fermo: non si scambia nulla
doctor-paused = lo scambio è in pausa
doctor-no-federation = questo partner non è in nessun partenariato
doctor-no-federation-remedy = comin found NOME, oppure comin join INVITO
doctor-put-back = questa macchina è tornata a uno stato di prima: ripristinata, riportata indietro o copiata; quello che le mancava arriva dagli altri
doctor-put-back-remedy = non c’è niente da fare se era voluto; altrimenti cerca chi l’ha fatto
doctor-own-fault-remedy = guarda questa macchina: se è stata copiata, o se il suo disco è pieno o guasto
doctor-fault-remedy = chiedi al reparto IT di quel partner di guardare la sua macchina
doctor-told = gli altri nodi sanno di dover venire a { $addresses }
doctor-addresses = indirizzi noti di questo nodo: { $addresses }
doctor-no-address = ancora nessuno
doctor-port = da fuori dell’ufficio si raggiunge solo se un router inoltra la porta TCP { $port }; poi scrivi quell’indirizzo in node.toml: [listen] external
doctor-peer-away = se resta assente: il suo nodo è in funzione, la sua porta è aperta? Lì: comin doctor

## Tipi
kind-network = Rete
kind-organisation = Organizzazione
kind-membership = Adesione
kind-practice = Buona pratica
kind-event = Evento
kind-interest = Manifestazione d’interesse
kind-programme = Programma formativo
kind-publication = Pubblicazione
kind-note = Nota
kind-sameas = Uguale a
kind-proposal = Proposta
kinds-network = Reti
kinds-organisation = Organizzazioni
kinds-practice = Buone pratiche
kinds-event = Eventi

## Campi
field-a = Una scheda
field-about = Riguarda
field-accepted_proposals = Proposte accolte
field-activities = Attività
field-address = Indirizzo
field-attendance = Presenze
field-b = Altra scheda
field-challenges = Difficoltà
field-changes = Valori proposti
field-city = Città
field-content = Contenuto
field-contribution = Contributo
field-coordinators = Coordinatori
field-country = Paese
field-declined_proposals = Proposte respinte
field-deleted = Eliminata
field-description = Descrizione
field-email = E-mail
field-evidence = Prove di successo
field-sameas-evidence = Che cosa lo fa pensare
field-hours = Ore
field-identifiers = Identificativi
field-implementing_organisation = Realizzata da
field-languages = Lingue
field-last_verified = Ultima verifica
field-levels = Livelli
field-links = Collegamenti
field-modules = Moduli
field-motivation = Motivazione
field-name = Nome
field-network = Rete
field-networks = Reti
field-nuts = Codice NUTS
field-organisation = Organizzazione
field-organisations = Organizzazioni partecipanti
field-organiser = Organizzatore
field-origin_event = Evento di origine
field-original_language = Lingua originale
field-other_names = Altri nomi
field-phone = Telefono
field-place = Luogo
field-position = Posizione
field-practices = Buone pratiche presentate
field-programme = Programma
field-reason = Motivo
field-register = Registro
field-resources = Risorse
field-role = Ruolo
field-schema = Versione dello schema
field-sha256 = Somma di controllo (SHA-256)
field-since = Dal
field-state = Stato
field-strategy = Strategia
field-summary = Sintesi
field-target_groups = Gruppi destinatari
field-text = Testo
field-title = Titolo
field-transfer = Trasferibilità
field-transitions = Passaggi
field-type = Tipo
field-until = Fino al
field-url = Indirizzo web
field-visibility = Visibilità
field-vision = Visione
field-website = Sito web
field-when = Quando

## Paesi del partenariato
country-si = Slovenia
country-it = Italia
country-fr = Francia

cli-person-added = Aggiunta: { $id }
cli-person-saved = Salvata: { $id }
cli-person-shared = Salvato: chi legge questa persona d'ora in poi. Chi non la legge più la elimina al prossimo scambio.
cli-person-due-soon = la conservazione sta per finire
cli-person-due-over = conservazione finita: il nodo del titolare la cancella
cli-person-due-ask = conservazione finita da molto: cancellarla, o cambiare la data (l'orologio di questa macchina è giusto?)
cli-person-not-erased = Nessuno ha chiesto la cancellazione di questa persona.
cli-person-erased = Cancellata su { $k } di { $n } dispositivi di { $m } partner.
cli-person-missing = Non ancora: { $name }, sentito l'ultima volta { $time }
cli-person-missing-unheard = Non ancora: { $name }, mai sentito da qui
cli-person-waits = Qui è in attesa: un altro partner ha chiesto più cancellazioni di quante si eseguono subito. Per acconsentire: comin person erase { $id } --reason request
cli-person-files = La persona è stata messa in questi file, che vanno eliminati a mano:
cli-person-written = Scritto: { $file }
kind-person = Persona
field-given_name = Nome
field-family_name = Cognome
field-purpose = Finalità
field-legal_basis = Base giuridica
field-informed_on = Informata il
field-retain_until = Conservare fino al
field-language = Lingua

## Exports
cli-no-calendars = Nessun calendario legge gli eventi. Per creare un indirizzo: comin calendars add NAME
cli-calendar-all = tutto ciò che questo nodo legge
cli-calendar-public = ciò che è pubblico
cli-calendar-address = L'indirizzo per { $name }, mostrato solo ora. Chi lo possiede legge gli eventi:
cli-calendar-path = Mentre il nodo è in funzione, dopo il suo indirizzo: { $path }
cli-calendar-removed = { $name } è rimosso; il suo indirizzo non apre più nulla.
cli-search-more = … e altri { $n }: scrivere altre parole, oppure --limit N
calendar-name = Eventi COM-IN
export-column-id = Id
export-column-register = Registro
export-column-title = nome
export-column-start = inizio
export-column-end = fine

# Work with records
reference-not-received = non ancora ricevuta
reference-not-shared = non condivisa con voi
reference-deleted = eliminata
reference-erased = cancellata
record-absent = Nominate qui e non visibili
record-linked = Che cosa porta qui
record-merged = Insieme a
record-stale-translation = più vecchia dell’originale
proposal-open = attende una decisione
proposal-accepted = accolta
proposal-declined = respinta
proposal-withdrawn = ritirata
same-identifier = stesso identificativo: { $value }
same-website = stesso sito: { $value }
same-name = nome simile a { $value }
news-added = aggiunta
news-changed = modificata
news-deleted = eliminata
problem-no-way = Da questo stato non c’è un passaggio simile.
problem-already = È già in questo stato.
problem-decided = È già stato deciso.
cli-advanced = { $title }: { $status }
cli-membership = L’adesione c’è: comin membership show { $id }
cli-interest-recorded = { $n ->
    [one] 1 manifestazione d’interesse registrata.
   *[other] { $n } manifestazioni d’interesse registrate.
}
cli-proposed-change = Proposta come { $id }; chi tiene la scheda la vede in «comin proposals».
cli-no-proposals = Nessuna proposta attende una decisione.
cli-proposal = { $title }, proposta da { $partner } il { $time }: { $state }
cli-proposal-value = { $field }: { $now } → { $then }
cli-proposal-decide = comin proposals accept { $id }, oppure comin proposals decline { $id }
cli-proposal-decided = La proposta è { $state }.
cli-no-suggestions = Non ci sono due organizzazioni che sembrino la stessa.
cli-suggestion = { $a } ({ $first }) e { $b } ({ $second })
cli-suggestion-decide = comin sameas confirm { $id }, oppure comin sameas refuse { $id }
cli-same-set = { $title }: { $state }
cli-no-stale = Tutto è stato verificato negli ultimi { $months } mesi.
cli-stale-verify = È ancora giusta? comin KIND edit ID --set last_verified={ $today }
cli-never-verified = mai verificata
cli-no-news = Dal { $since } non è cambiato nulla.
cli-news-of = { $partner }, { $kind }: { $added } aggiunte, { $changed } modificate, { $deleted } eliminate
cli-linked = Che cosa porta qui
cli-absent = Nominate qui e non visibili
cli-merged = Insieme a
record-claimed = Dichiarata: non è registrata nel registro della sua rete.

## Portare avanti una federazione che ha perso i suoi garanti
partner-state-elsewhere = In un altro partenariato
carried-over = { $founder } ha fondato «{ $name }», che porta avanti questo partenariato.
carried-over-title = Un nuovo partenariato porta avanti questo
carried-over-how = Qualcuno ritiene che i garanti non possano più decidere. Telefona ai partner e accordati con loro su uno solo. Tutti i dati restano, qualunque sia la scelta; finché non siete nello stesso partenariato non si scambia nulla.
carried-over-without-us = Non comprende ancora questo partner: chi lo ha fondato deve prima firmare la tua ammissione. Fai collegare le macchine e chiediglielo.
carried-over-left = Non portato avanti, se i suoi garanti non lo firmano:
carried-over-go = Passa a questo
carried-over-stay = Resta qui
cli-carried-over-next = Tutto ciò che valeva è portato avanti. Agli altri partner viene chiesto quando si collegano: comin approvals
cli-carried-over-go = Per passare, su ognuna delle tue macchine: comin approvals approve { $id }
cli-carried-over-stay = Per restare: comin approvals reject { $id }

## Una macchina in più, certificata da un’altra
cli-further-asks = Consegna questo a una macchina della tua organizzazione con il diritto admin; lì: comin devices add RICHIESTA --file FILE
cli-further-then = Poi, qui: comin --data-dir { $dir } init --further --certified FILE
cli-further-done = { $device } ora è una macchina di { $name }.
cli-further-join = Per incontrare gli altri le serve un invito: comin --data-dir { $dir } run, e in un’altra finestra: comin --data-dir { $dir } join INVITO
cli-certified = { $name } è certificata come macchina della tua organizzazione:
cli-certified-next = Consegna questo alla nuova macchina, con un invito di un qualsiasi membro: comin init --further --certified FILE, poi comin join INVITO. Su nessun’altra macchina apre qualcosa.
