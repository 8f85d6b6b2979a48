# The pages of the daily work in Italian.

## Lists
kinds-interest = Manifestazioni di interesse
kinds-programme = Programmi di formazione
kinds-publication = Pubblicazioni
kinds-membership = Adesioni
list-empty-interest = Ancora nessuna manifestazione di interesse. Nascono quando qualcuno chiede di entrare in una rete, spesso a un evento.
list-empty-programme = Ancora nessun programma di formazione. Un programma ha moduli in un ordine che si può cambiare.
list-empty-publication = Ancora nessuna pubblicazione. Una pubblicazione è un link e, volendo, una somma di controllo.
list-empty-membership = Ancora nessuna adesione. Un’adesione lega un’organizzazione a una rete; nasce quando si accoglie una manifestazione d’interesse.
membership-in-force = in vigore
membership-to-come = deve ancora iniziare
membership-ended = conclusa
list-by-month = Per mese
list-as-table = Come elenco
list-as-board = Come lavagna
list-import = Importa
filter-kind = Tipo
filter-language = Con un testo in
board-none = Nessuna.
board-all = { $n ->
    [one] Mostrala
   *[other] Mostra tutte e { $n }
}
and-more = … e altri { $n }
n-people = { $n ->
    [one] 1 persona
   *[other] { $n } persone
}
n-months = { $n ->
    [one] 1 mese
   *[other] { $n } mesi
}
n-days = { $n ->
    [one] 1 giorno
   *[other] { $n } giorni
}

## Records
record-notes = Note
record-no-notes = Nessuna nota. Restano presso il tuo partner, se non scegli un altro registro.
record-no-people = Nessuna persona di contatto che puoi leggere.
record-propose = Proponi una modifica
step-at = Il
step-to = Passa a
entries-order = Cambia l’ordine
entries-up = Su
entries-down = Giù
value-none = niente
conflict-keep-both = Tieni questo, l’altro come altro nome

## Forms
form-find = Cerca per nome
form-find-button = Cerca
form-found = { $n ->
    [0] Niente trovato per «{ $text }».
    [one] 1 trovato per «{ $text }». Guarda se è quello.
   *[other] { $n } trovati per «{ $text }». Scegli quello giusto.
}
form-entry = Numero { $n }
form-entry-new = Nuovo
form-entry-more = Aggiungi altri
form-entry-remove = Toglilo al salvataggio
form-entries-hint = Ciò che resta vuoto non viene aggiunto. L’ordine si cambia sulla pagina della scheda.
hint-digest = Le 64 cifre che stampa «sha256sum FILE». Può restare vuoto.
hint-month = Anno e mese, per esempio 2026-10.

## Search
search-title = Ricerca
search-lead = In tutti i tipi e in tutte e quattro le lingue. Gli accenti non contano e i piccoli errori sono perdonati.
search-results = Risultati
search-found = { $n ->
    [one] 1 scheda per «{ $text }»
   *[other] { $n } schede per «{ $text }»
}
search-none = Niente si chiama o parla così. Prova con meno parole, o solo con l’inizio di una.

## Views
map-title = Mappa
map-lead = Dove sono le organizzazioni, per quanto se ne conosce la posizione.
graph-title = Immagine della rete
graph-lead = Quali organizzazioni appartengono a quali reti. Quelle di più reti sono i ponti.
graph-colours = I colori indicano
picture-same = Lo stesso come tabella
calendar-title = Eventi, { $month }
calendar-months = Mesi
calendar-today = Questo mese
calendar-none = Nessun evento in questo mese.
calendar-as-list = Come elenco
calendar-agenda = Agenda
calendar-undated = Data non ancora nota
calendar-day-of = giorno { $n } di { $all }
weekday-1 = lunedì
weekday-2 = martedì
weekday-3 = mercoledì
weekday-4 = giovedì
weekday-5 = venerdì
weekday-6 = sabato
weekday-7 = domenica
month-1 = gennaio
month-2 = febbraio
month-3 = marzo
month-4 = aprile
month-5 = maggio
month-6 = giugno
month-7 = luglio
month-8 = agosto
month-9 = settembre
month-10 = ottobre
month-11 = novembre
month-12 = dicembre
figures-title = Numeri
figures-all = Tutti i numeri
figures-no-country = senza paese

## What is new
news-title = Novità
news-since = dal { $time }
news-more = Tutte le novità
news-none = Non è cambiato niente.
news-days = Degli ultimi
news-n-added = aggiunti: { $n }
news-n-changed = modificati: { $n }
news-n-deleted = eliminati: { $n }

## Proposals
proposals-title = Proposte
proposals-lead = Chi non può scrivere una scheda propone una modifica; decide chi la tiene.
proposals-none = Nessuna proposta attende una decisione.
proposals-received = Da decidere
proposals-made = Fatte da voi
proposals-others = Altre
proposals-all = Mostra anche quelle decise
proposals-open-only = Solo quelle in attesa
proposal-by = proposta da { $partner }, { $time }
proposal-values = Valori proposti
proposal-then = Proposto
proposal-accept = Accogli
proposal-decline = Rifiuta
proposal-withdraw = Ritira
propose-lead = Cambia ciò che dovrebbe essere diverso. Il partner che tiene «{ $register }» lo vede e decide; fino ad allora la scheda resta com’è.
propose-reason = Motivo (facoltativo)
propose-send = Invia la proposta

## Translations, verification, duplicates
translations-title = Traduzioni da fare
translations-lead = Testi che mancano in una lingua, o il cui originale è cambiato dopo la traduzione.
translations-to = In
translations-all = Anche di altri partner
translations-none = Non c’è niente da tradurre.
translations-missing = Mancano
translations-stale = Più vecchie dell’originale
translations-do = Traduci
stale-records-title = Non verificate da tempo
stale-records-lead = Guarda se nome, indirizzo e telefono sono ancora giusti. «Giusto oggi» lo dice a tutti.
stale-records-none = Tutto è stato verificato in questo periodo.
stale-months = Non verificate negli ultimi
stale-verified = Giusto oggi
sameas-title = Possibili doppioni
sameas-lead = Schede che sembrano una sola. Ciò che confermi si legge insieme e niente va perso; puoi tornare indietro.
sameas-suggested = Da decidere
sameas-decided = Decise
sameas-none = Nessuna coppia di schede sembra una sola.
sameas-confirm = Sono una sola
sameas-refuse = Sono due
sameas-undo = Torna indietro

## People
people-title = Persone di contatto
people-lead = Dati personali. Una persona la leggono solo quelli indicati dal suo titolare; altrove non ne resta niente.
people-new = Aggiungi una persona di contatto
people-new-lead = Indica per quale scopo, su quale base giuridica e fino a quando i dati possono essere conservati. Alla fine vengono cancellati.
people-none = Nessuna persona di contatto che puoi leggere. Un indirizzo di funzione va nell’organizzazione stessa.
people-controller = Titolare
people-controlled-by = Titolare: { $name }
people-readers = Letta da
people-readers-all = tutti i partner
people-readers-none = solo il titolare
people-due-soon = scade presto
people-due-over = scaduto: verrà cancellata
people-due-ask = scaduto da tempo: decidete
people-scope = Chi legge questa persona
people-scope-hint = Il tuo partner sempre. Chi viene escluso più tardi elimina ciò che ha con il prossimo scambio.
people-scope-own = Solo il tuo partner
people-scope-all = Tutti i partner
people-scope-some = Questi partner:
people-access = Per la persona
people-access-how = Chi chiede quali suoi dati sono conservati riceve uno di questi file.
people-erase = Cancella
people-erase-what = La persona viene cancellata presso ogni partner che la legge, storia compresa, e non può tornare.
people-erase-why = Motivo
people-erase-sure = So che non si può annullare.
people-erase-do = Cancella per sempre questa persona
people-erasure = Cancellazione
people-erased-title = Una persona cancellata
people-erasure-waits = Qui è in attesa: un altro partner ha chiesto più cancellazioni di quante si eseguono in una volta. Cancellatela qui per acconsentire.
erase-reason-retention = Il termine è scaduto
erase-reason-request = Lo ha chiesto la persona
erase-reason-left = Non fa più questo lavoro
erase-reason-mistake = Inserita per errore

## Import
import-title = Importazione
import-lead = Un foglio di calcolo o un file CSV diventa schede. Prima vedi che cosa farebbe; niente viene scritto prima del tuo consenso.
import-kind = Tipo di schede
import-file = File
import-file-hint = CSV, Excel, LibreOffice o JSON, fino a 64 MiB. Una riga è una scheda.
import-look = Guardala
import-last = Com’è andata l’ultima importazione
import-refused = Il file non è stato accettato; niente è stato scritto.
import-partly = { $written } schede su { $total } erano scritte quando l’importazione si è interrotta. Restano come sono; invia di nuovo il file e si riprende da lì.
import-preview = Importazione di { $file }
import-would = Sarebbero
import-done = Fatto
import-added = aggiunte
import-changed = modificate
import-unchanged = invariate
import-do = Importa ora
import-look-again = Guarda di nuovo con queste impostazioni
import-settings = Vale per tutto il file
import-language = Lingua dei testi la cui colonna non la indica
import-email = Indirizzi e-mail che sembrano di una persona
import-email-refuse = Rifiuta il file
import-email-leave = Tralasciali
import-email-allow = Prendili
import-persons = Persone di contatto nel file
import-persons-ask = Chiedimelo se ce ne sono
import-persons-take = Prendile, alle condizioni qui sotto
import-persons-leave = Tralasciale
import-persons-details = Condizioni per le persone di contatto
import-persons-terms = Il file contiene persone di contatto. Indica a quale scopo e fino a quando si possono conservare, o tralasciale.
import-positions = Posizioni ricavate da città e paese (GeoNames, CC BY 4.0): { $filled }; città sconosciute: { $unknown }; nomi di più città: { $several }
import-mapping = Quale colonna va dove
import-mapping-how = Dalle intestazioni, o dalle colonne che hai salvato. Cambialo dove è sbagliato, poi guarda di nuovo.
import-column = Colonna
import-target = Va in
import-nothing = (non presa)
import-row = Riga
import-rows = Riga per riga
import-reason = Che cosa non va
import-errors = { $n ->
    [one] 1 valore non può essere preso
   *[other] { $n } valori non possono essere presi
}
import-errors-how = Correggi le righe nel foglio e invialo di nuovo, o non prendere la colonna.
import-errors-caption = Valori che non possono essere presi
import-duplicates = Forse già presenti
import-progress = L’ultima importazione
import-never = Dall’avvio del nodo non è stato importato niente.
import-checking = Le righe vengono controllate.
import-again = Mostra a che punto è
import-another = Importa un altro file
import-waiting = File che hai inviato
import-waiting-how = Attendono qui per un’ora. Non ne è ancora scritto niente.
import-file-missing = Non è stato scelto nessun file. Scegline uno.
import-map = Colonne salvate (facoltativo)
import-map-hint = Un file che hai salvato con «Salva le colonne come file» o scritto da «comin import --save-map». Il tipo di schede è quello che vi è indicato.
import-map-unreadable = Questo non è un file di colonne salvate. Scegline un altro o nessuno; poi scegli di nuovo il foglio di calcolo.
import-map-save = Salva le colonne come file
import-key = Una riga senza id si ritrova per
import-key-how = Dove tutti i campi scelti coincidono, la riga modifica la scheda che c’è; altrimenti ne aggiunge una. Se non ne scegli nessuno, valgono quelli soliti.
import-set = Vale per ogni riga la cui cella è vuota
import-scope = Chi legge queste persone
import-latitude = Posizione: latitudine
import-longitude = Posizione: longitudine
import-person = Persona di contatto: { $what }
import-person-name = Nome e cognome in una cella

## Survey and export
survey-title = Rassegna delle reti
survey-lead = Il documento su tutte le reti, scritto da ciò che i partner condividono, allo stato attuale.
survey-language = Lingua
survey-audience = Per chi
survey-partnership = Il partenariato: tutto ciò che è condiviso
survey-public = Tutti: ciò che è indicato come pubblico
survey-open = Apri per leggere e stampare
survey-markdown = Come Markdown
survey-print = Per un PDF, aprila e scegli «Salva come PDF» nella finestra di stampa del browser.
survey-fresh = Quanto è aggiornata
survey-fresh-how = Contiene ciò che questo nodo ha di ogni partner.
export-title = Esportazione
export-lead = Tutto ciò che leggi qui esce come file in un formato aperto.
export-whole = Tutto in un file
export-format = Formato
export-xlsx = Cartella di lavoro (Excel, LibreOffice): un foglio per tipo
export-json = JSON: per programmi, si può reimportare
export-geojson = GeoJSON: per mappe
export-graphml = GraphML: per l’analisi delle reti
export-table = Un tipo come tabella
export-do = Salva il file
export-refer = Le altre schede sono indicate con
export-refer-id = il loro id, per tornare qui
export-refer-name = il loro nome, per un’altra macchina
export-csv = Salva come CSV
export-public = Solo ciò che è indicato come pubblico
export-other = Calendario e rubrica
export-ics = Eventi per un calendario (iCalendar)
export-vcf = Persone di contatto per una rubrica (vCard)
export-personal = dati personali
export-automerge = I documenti stessi
export-automerge-how = Ogni parte di un registro con tutta la sua storia, leggibile da ogni strumento Automerge.
export-part = parte { $n }
history-created = creata
history-changed = modificata
history-deleted = eliminata
history-restored = ripristinata
history-accepted = accolta
history-declined = respinta
history-reopened = decisione ritirata
history-proposal = Proposta di { $partner }: { $state }
cli-history-entry = { $time }: { $what } da { $partner }, { $device } (registro: { $register })
cli-history-more = Modifiche precedenti: comin history { $id } --after { $next }
cli-undone = Annullata con una nuova modifica nel registro { $register }; la cronologia conserva entrambe.
problem-changed-since = Nel frattempo è cambiato.
problem-several = Questa modifica ha deciso tra più valori. Scegli qui sotto quale deve valere.
problem-nothing-left = Di questa modifica non resta nulla da annullare.
cli-check-running = { $documents } documenti, { $records } voci: pagine e ricerche dicono ciò che dicono i documenti. Mentre il nodo è in funzione l’archivio non viene verificato: per farlo bisogna fermarlo.
cli-row-like-row = riga { $row }, { $title }: forse la stessa della riga { $other } ({ $reason })

## History
history-title = Cronologia
history-lead = Chi ha cambiato che cosa e quando, in ogni registro che contiene questa scheda; prima le modifiche più recenti. Annullare una modifica è una nuova modifica e niente va perso.
history-undo = Annulla questa modifica
history-undo-field = Annulla questo campo
history-anyway = Annullala comunque; ciò che è stato scritto dopo viene sovrascritto e resta nella cronologia
history-decided = Questa modifica ha deciso tra più valori. Scegli quello che deve valere di nuovo:
history-take = Riscrivi questo
history-older = Modifiche precedenti
