# The first run, settings and diagnosis in Italian.

## Frame
menu-registers = Registri
menu-work = Da fare
menu-pictures = Viste e rassegna
menu-node = Questo nodo
menu-people = Persone di contatto
menu-interests = Manifestazioni d’interesse
menu-programmes = Programmi formativi
menu-publications = Pubblicazioni
menu-proposals = Proposte
menu-translations = Traduzioni da fare
menu-stale = Da verificare
menu-sameas = Possibili doppioni
menu-import = Importa
menu-map = Mappa
menu-graph = Grafo della rete
menu-calendar = Calendario
menu-survey = Rassegna delle reti
menu-export = Esporta
menu-partners = Partner
menu-devices = Dispositivi
menu-settings = Impostazioni
menu-backup = Copia di sicurezza
menu-diagnose = Diagnosi
menu-accessibility = Accessibilità
menu-privacy = Privacy e dati
search-label = Cerca in tutto
search-go = Cerca

## First run
cli-first-run = Questa macchina non è ancora configurata. Apri questa pagina; il link vale una volta sola, entro dieci minuti (comin open ne dà un altro): { $url }
start-title = Configura questa macchina
start-lead = I tuoi dati restano su questa macchina. Puoi lavorare senza connessione e scambiarli con i partner quando vuoi.
start-step-who = Chi sei
start-step-kit = Kit di recupero
start-step-node = Avvio
start-name = Nome della tua organizzazione
start-name-hint = Come la conoscono gli altri partner.
start-name-wrong = Il nome manca o è troppo lungo. Scrivilo in una riga.
start-country-choose = Scegli
start-country-other = Un altro paese
start-country-code = Codice del paese
start-country-wrong = Scegli il paese, o scrivi le sue due lettere.
start-language = Lingua
start-language-hint = Per questa macchina; ognuno può cambiarla in ogni pagina.
start-device = Nome di questa macchina
start-device-hint = Per distinguere le tue macchine, per esempio «ufficio».
start-device-wrong = La macchina ha bisogno di un nome di una riga.
start-go-kit = Avanti al kit di recupero
start-recover = Abbiamo già un kit di recupero: un’altra macchina, o una nuova dopo una perdita
start-recover-how = Con il kit questa macchina appartiene alla tua organizzazione. Per incontrare gli altri le serve poi un invito, che fa un’altra tua macchina o un altro partner.
start-recover-kit = Testo del kit di recupero
start-recover-hint = Incolla tutto il testo; le righe che iniziano con # non contano.
start-recover-go = Configura con il kit
start-kit-title = Il kit di recupero di { $name }
start-kit-lead = Il kit contiene la chiave segreta della tua organizzazione. Sul disco di questa macchina non c’è ancora nulla: prima metti il kit al sicuro.
start-kit-why = Serve quando si perde l’ultima macchina. Nessun altro ne ha una copia e nessuno può fartene una nuova.
start-kit-print = Scaricalo, stampalo e chiudi il foglio a chiave, o tieni il file su una chiavetta in cassaforte.
start-kit-two = Due persone della tua organizzazione dovrebbero sapere dov’è.
start-kit-not = Non inviarlo per e-mail e cancella poi il file scaricato: chi ha il kit può agire a nome della tua organizzazione.
start-kit-download = Scarica il kit
start-kit-back = Cambia nome o paese
start-kit-show = Mostra il testo del kit
start-kit-write = Oppure scrivilo in un file di questa macchina, per esempio su una chiavetta
start-kit-path = File
start-kit-path-hint = Il percorso intero, come /media/stick/kit.txt, su una chiavetta o un disco che resta. Deve stare fuori dalla cartella del nodo e non sostituisce mai un file. Un nodo avviato come servizio può scrivere in pochi posti; scaricare il kit funziona sempre.
start-kit-write-go = Scrivi il file
start-kit-written = Scritto: { $file }
start-kit-inside = Lì un disco perso porterebbe via sia il nodo sia il kit. Indica un altro posto, per esempio una chiavetta.
start-kit-relative = Indica il percorso intero, a partire da /: dove porta uno più corto dipende da come è stato avviato il nodo.
start-kit-passes = Ciò che sta lì sparisce al riavvio. Indica un posto su una chiavetta o un disco, oppure scarica il kit.
start-kit-place = Questo posto non va bene. Indica un file nuovo in una cartella che esiste.
start-kit-kept = Il kit è al sicuro, fuori da questa macchina
start-kit-not-kept = Conferma che il kit è al sicuro. Senza il kit, dopo una perdita nessuno può aiutarti.
start-kit-other = Questo è un altro kit, non quello che hai conservato: un altro nome o un’altra finestra ne ha creato uno nuovo. Conserva questo.
start-go = Configura questa macchina
start-failed = Non ha funzionato; nulla è stato configurato. Riprova, o mostralo ai tuoi informatici:
start-goes-on = Il tuo nodo si sta avviando …
start-next = Come vuoi cominciare?
start-alone = Lavorare da soli, per ora
start-alone-how = Inserisci organizzazioni e reti, o importa un foglio di calcolo. Tutto resta tuo e viene con te se entri più tardi.
start-join = Entrare con un invito
start-join-how = Un partner ti ha inviato un invito. Poi confrontate un numero al telefono.
start-found = Fondare un partenariato
start-found-how = Solo se non ce n’è ancora uno in cui entrare. Inviti tu gli altri.

## Exchange in words
exchange-more = Tutto sullo scambio
exchange-lead = Che cosa è arrivato a chi, che cosa attende ancora e per quale via. Nulla va perso mentre un partner è assente: riceve tutto al prossimo incontro.
exchange-unsent = { $n ->
    [0] Tutto ciò che è tuo è anche su un’altra macchina.
    [one] 1 tua modifica è solo su questa macchina.
   *[other] { $n } tue modifiche sono solo su questa macchina.
}
exchange-col-equal = Ultimo scambio completo
exchange-col-machines = Dispositivi

## Partners, stewards, machines
partners-col-act = Azione
ticket-file = Salva l’invito in un file
join-file = Oppure scegli il file dell’invito
removal-ask = Escludi …
removal-title = Escludere { $name } dal partenariato?
removal-ever = È per sempre: la stessa chiave non viene mai più ammessa. Per tornare, il partner ne deve avere una nuova.
removal-keeps = Il partner conserva ciò che ha ricevuto e non riceve più nulla.
removal-data = Ciò che ha scritto finora resta qui, per tutti.
removal-yes = Escludi { $name } per sempre
decide-majority = { $n ->
    [1] Basta la tua firma.
   *[other] Vale quando hanno firmato { $n } garanti; fino ad allora attende tra le decisioni aperte.
}
stewards-title = Garanti
stewards-now = { $count ->
    [one] C’è 1 garante, che decide da solo.
   *[other] Decidono insieme { $n } garanti su { $count }.
}
stewards-change = Cambia i garanti
stewards-choose = Chi deve essere garante d’ora in poi
stewards-odd = Uno, tre, cinque, sette o nove, perché ci sia sempre una maggioranza.
stewards-go = Avanti
stewards-confirm = Cambiare i garanti?
stewards-then = Da allora decidono loro chi viene ammesso e chi escluso: { $names }.
stewards-only = Chi non è tra loro non decide più nulla. Se la maggioranza perde le chiavi, il partenariato non può decidere finché non viene rifondato.
stewards-yes = Stabilisci questi garanti
carry-over-when = I garanti non possono più decidere?
carry-over-only = Serve solo se i garanti non potranno mai più essere una maggioranza, perché le loro macchine e i loro kit di recupero sono perduti. Prima telefona agli altri partner e accordatevi su uno solo che lo fa.
carry-over-name = Nome del partenariato che porta avanti questo
carry-over-next = Vedi che cosa ne segue
carry-over-title = Portare avanti questo partenariato come «{ $name }»?
carry-over-stays = Tutti i dati restano, e tutto ciò che valeva è portato avanti: partner, registri e chi li scrive. Diventi l’unico garante, e poi puoi nominarne altri.
carry-over-asked = A ognuno di questi si chiede se passa, e ciascuno decide per sé: { $names }
carry-over-apart = Finché un partner non è passato, con lui non si scambia nulla. Ciò che scrive intanto arriva con lui.
carry-over-yes = Fonda «{ $name }»
devices-lead = Ogni macchina della tua organizzazione ha una chiave propria. Chi perde una macchina la revoca qui o con il kit di recupero.
devices-of = Dispositivi di { $name }
devices-col-name = Dispositivo
devices-col-key = Chiave
devices-col-rights = Può
devices-col-act = Azione
devices-revoked = revocata
devices-revoke = Revoca …
devices-add = Aggiungi una macchina
devices-add-run = Installa COM-IN sulla nuova macchina e avvialo con «comin run»: si apre la prima pagina.
devices-add-kit = Lì scegli «Abbiamo già un kit di recupero» e incolla il kit della tua organizzazione.
devices-add-ticket = Fai qui un invito e incollalo sulla nuova macchina in «Partner».
devices-add-number = Confronta il numero di controllo sui due schermi e approvalo qui.
devices-ticket = Fai un invito per una tua macchina
right-edit = scrivere dati
right-invite = invitare
right-steward = firmare per il partenariato
right-admin = gestire le macchine
revoke-title = Revocare la macchina { $name }?
revoke-ever = Non si può annullare: per tornare la macchina va configurata di nuovo.
revoke-keeps = Ciò che ha scritto finora resta. Chi ha la macchina conserva ciò che contiene.
revoke-kit = Se l’ha qualcun altro, revocala anche con il kit: comin devices revoke MACCHINA --kit FILE
revoke-yes = Revoca { $name }

## Settings
settings-who = Questo nodo
settings-name = Organizzazione
settings-machine = Macchina
settings-partnership = Partenariato
settings-place = Cartella dei dati
settings-file = Indirizzi, lingua e copie di sicurezza si impostano in node.toml nella cartella dei dati; «comin config show» dice che cosa vale.
settings-users = Chi accede dalla rete dell’ufficio
settings-office = L’ufficio accede da
settings-office-none = La pagina è aperta solo su questa macchina. Per aprirla all’ufficio: comin tls make, poi [listen] office in node.toml.
settings-users-none = Ancora nessuno. Su questa macchina «comin open» fa accedere senza password.
settings-col-name = Nome
settings-col-role = Ruolo
settings-col-act = Azione
role-admin = Amministratore: tutto
role-editor = Redattore: i dati
settings-reset = Nuova password
settings-remove = Rimuovi
settings-add = Aggiungi
settings-add-user = Aggiungi qualcuno
settings-calendars = Calendari che leggono gli eventi
settings-calendars-how = Un’agenda si abbona a un indirizzo fatto qui. Chi ha l’indirizzo legge gli eventi, finché non lo rimuovi.
settings-add-calendar = Crea un indirizzo
settings-calendar-name = Per chi o per che cosa
settings-calendar-public = Solo ciò che è pubblico
backup-last = Ultima copia di sicurezza:
backup-file = File:
backup-none = Questo nodo non scrive copie di sé, o non ne ha scritte da quando è partito.
backup-failed = L’ultima copia di sicurezza non è riuscita:
backup-how = Come farne una e come tornare
backup-set = Falle scrivere dal nodo stesso, su un altro disco: in node.toml
backup-now = Oppure fanne una adesso, sulla macchina del nodo:
backup-back = Dopo una perdita, sulla nuova macchina:
backup-secret = La copia contiene la chiave segreta di questa macchina: custodiscila come la macchina. Le persone di contatto vi sono sigillate; le chiavi che le aprono stanno in un file accanto, che ogni copia sostituisce.
backup-kit = Il kit di recupero non è una copia: riporta chi sei, e i partner riportano ciò che avevi condiviso.
diagnose-lead = Che cosa sa oggi questo nodo del proprio stato, e che cosa aiuta.
diagnose-wrong = { $n ->
    [0] Tutto a posto
    [one] 1 cosa da sistemare
   *[other] { $n } cose da sistemare
}
diagnose-good = bene
diagnose-bad = da sistemare
diagnose-open = da sapere
diagnose-outside = Da fuori questo nodo si raggiunge solo se un router gli inoltra la sua porta; allora indica quell’indirizzo in node.toml: [listen] external
diagnose-documents = Che cosa è conservato qui
diagnose-col-register = Registro
diagnose-col-part = Parte
diagnose-col-records = Schede
diagnose-col-changes = Modifiche
diagnose-it = Per i tuoi informatici
diagnose-commands = Sulla macchina del nodo questi comandi dicono di più:

## Accessibility and privacy
access-what-title = Di che cosa si tratta
access-what = Queste pagine sono per tutti coloro che lavorano con le reti, anche con la sola tastiera, uno screen reader, testo grande o uno schermo piccolo.
access-standard = Mirano alle Web Content Accessibility Guidelines (WCAG) 2.2, livello AA, su cui si fondano EN 301 549 e la direttiva europea sull’accessibilità dei siti pubblici.
access-how-title = Come viene verificato
access-how-checked = Prima di ogni versione ogni pagina è esaminata da axe-core in un browser, in chiaro e in scuro, in una finestra di 320 pixel e con il testo al doppio.
access-keyboard = Tutto funziona con la tastiera: Tab avanza, Invio apre, Esc chiude un menu. Il primo tasto in ogni pagina salta la navigazione.
access-zoom = Chiaro e scuro seguono il tuo sistema, come pure la richiesta di meno movimento e più contrasto.
access-script = Senza JavaScript funziona tutto tranne gli aggiornamenti in tempo reale: in quel caso ricarica la pagina per vedere le modifiche altrui.
access-print = Ogni pagina si può stampare senza la navigazione.
access-known-title = Che cosa non è ancora perfetto
access-known-pictures = Mappa e grafo sono disegni; accanto a ciascuno c’è una tabella che dice lo stesso.
access-known-data = I testi inseriti dai partner sono loro: possono essere in un’altra lingua, che è indicata, o mancare di traduzione.
access-tell-title = Segnalazioni
access-tell = Se qualcosa ti ostacola, dillo a chi gestisce questo nodo nella tua organizzazione e al progetto: una barriera vale come un difetto.
privacy-what-title = Quali dati
privacy-what = Il nodo conserva reti, organizzazioni, pratiche, eventi e ciò che vi appartiene, e le persone di contatto delle organizzazioni: nome, ruolo, recapiti di lavoro, finalità, base giuridica e scadenza.
privacy-not = Non contiene dati sulle persone che le reti aiutano, né allegati.
privacy-where-title = Dove sono e chi li legge
privacy-where = Stanno sulle macchine dei partner e da nessun’altra parte: non c’è un server centrale né un account presso terzi. Gli scambi sono cifrati da macchina a macchina.
privacy-who = Il tuo registro è letto da tutti i partner, quello interno da nessun altro, e una persona di contatto dai partner indicati dal suo titolare.
privacy-sealed = Le persone di contatto sono sigillate sul disco, ognuna con una chiave propria, e restano fuori dalle esportazioni pubbliche.
privacy-long-title = Per quanto tempo
privacy-long = Ogni persona di contatto ha una data di scadenza; quando passa, il nodo del titolare la cancella.
privacy-erase = Una cancellazione viaggia prima di tutto il resto e vale su ogni macchina, storia compresa; ognuna dà una ricevuta. Nelle copie le persone restano sigillate senza chiave.
privacy-browser-title = Il tuo browser
privacy-cookies = Queste pagine usano solo cookie propri: uno per l’accesso, uno per la lingua e uno che ricorda quando hai visto l’ultima volta le novità. Non ci sono statistiche.
privacy-nobody = Nulla viene caricato da altrove: nessuno sa che apri questa pagina.
privacy-rights-title = I tuoi diritti
privacy-rights = Chi è inserito come persona di contatto può chiedere all’organizzazione che l’ha inserito una copia, una rettifica o la cancellazione. Questo nodo fa la copia (comin person access) ed esegue la cancellazione.
