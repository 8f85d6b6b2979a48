# La rassegna in italiano. Every language has the same keys and arguments; a test holds them to it.

## The document
survey-title = Reti del partenariato COM-IN
survey-subtitle = Rassegna delle reti che accompagnano le persone di difficile occupabilità verso il lavoro e la vita di comunità
survey-as-of = Stato dei dati: { $day }
survey-public = Solo ciò che è indicato come pubblico
survey-partners = I partner
survey-contents = Indice
survey-nothing = Qui non è ancora registrato nulla.
survey-in-language = testo in { $language }
language-it = italiano
language-sl = sloveno
language-fr = francese
language-en = inglese
survey-made = Redatto dai nodi dei partner a partire dai dati che condividono; nulla è stato aggiunto a mano.

## Vision
vision-title = Visione e strategia comuni
vision-vision = Visione
vision-strategy = Strategia
vision-contribution = Contributo
vision-kept = Dalla scheda della rete «{ $name }».
vision-see = La sua visione e la sua strategia aprono questo documento: «{ $title }».
vision-none = Il partenariato non ha ancora scritto la visione e la strategia comuni. Si conservano nella scheda della rete internazionale.

## Freshness
fresh-title = Stato dei dati, partner per partner
fresh-lead = La rassegna mostra ciò che era presente nel nodo che l’ha redatta. Ciò che un partner ha inserito dopo l’ultimo contatto non vi compare.
fresh-partner = Partner
fresh-records = Schede
fresh-newest = Ultima modifica presente
fresh-heard = Ultimo contatto
fresh-missing = Mancante, per quanto noto
fresh-own = ha redatto la rassegna
fresh-never = mai
fresh-nothing-missing = nulla
fresh-changes = { $n ->
     [one] { $n } modifica
    *[other] { $n } modifiche
}

## Figures
figures-title = Il partenariato in cifre
figures-lead = Un’organizzazione conta una volta, in qualunque numero di reti sia. Le adesioni sono quelle in vigore alla data dei dati. Eventi annullati e pratiche non pubblicate sono esclusi.
figures-networks = Reti
figures-organisations = Organizzazioni
figures-memberships = Adesioni
figures-bridges = In più reti
figures-events = Eventi
figures-practices = Buone pratiche
figures-by-country = Per Paese
figures-by-level = Per livello di rete
figures-by-group = Per gruppo di destinatari
figures-by-type = Per tipo di evento
figures-attendance = Partecipanti
figures-over-time = Nel tempo
figures-month = Mese
figures-interests = Manifestazioni di interesse
figures-joined = Nuove adesioni
figures-members = Adesioni a fine mese
figures-undated = Adesioni senza una data d’inizio nota, escluse dai mesi: { $n }.
figures-country = Paese
figures-level = Livello
figures-group = Gruppo di destinatari
figures-type = Tipo
figures-total = Totale
figures-overlap = Una scheda con più gruppi o livelli conta in ciascuno.
figures-chart = Eventi per mese

## Pictures
pictures-title = Immagini
pictures-same = Gli stessi dati sono nelle tabelle «{ $first }» e «{ $second }».
pictures-same-one = Gli stessi dati sono nella tabella «{ $table }».
graph-title = Organizzazioni e reti
graph-subtitle = Le organizzazioni delle stesse reti condividono un riquadro.
graph-networks = { $n ->
     [one] { $n } rete.
    *[other] { $n } reti.
}
graph-organisations = { $n ->
     [one] { $n } organizzazione.
    *[other] { $n } organizzazioni.
}
graph-bridges = In più reti: { $n }.
graph-table = Gli stessi dati sono nelle tabelle accanto all’immagine.
graph-tags-only = Con più di { $n } organizzazioni solo quelle di più reti hanno qui il nome.
graph-counts-only = Con più di { $n } organizzazioni l’immagine mostra le reti e quante organizzazioni condividono.
graph-alone = In nessuna rete, non rappresentate: { $n }.
graph-left-out = In gruppi più piccoli, non rappresentate: { $n }.
graph-networks-left-out = Reti più piccole non rappresentate: { $n }.
graph-sign-network = Rete
graph-sign-one = Organizzazioni di una rete
graph-sign-bridge = Ponti: organizzazioni di più reti
graph-sign-line = Più è spessa, più sono le organizzazioni
mark-none = non indicato
map-title = Dove sono le organizzazioni
map-subtitle = Un segno per ogni luogo; il numero dice quante organizzazioni vi sono.
map-organisations = { $n ->
     [one] { $n } organizzazione.
    *[other] { $n } organizzazioni.
}
map-places = Luoghi: { $n }.
map-count = { $n }
map-without-place = Senza un luogo su questa carta: { $n }. Sono nella tabella.
map-table = Gli stessi dati sono nella tabella accanto all’immagine.
map-sign = Un segno spostato per fare spazio è legato al suo luogo da una linea. Molti luoghi sono precisi quanto una città.
map-source = Coste e confini: Natural Earth (pubblico dominio).

## Networks
networks-title = Le reti
network-level = Livello
network-since = Dal
network-groups = Destinatari
network-coordinators = Coordinatori
network-links = Collegamenti
network-members = Membri
network-events = Eventi
network-practices = Buone pratiche
network-programmes = Programmi formativi
network-claimed = indicata da un altro registro
network-others = Pratiche ed eventi di nessuna rete
member-name = Organizzazione
member-place = Luogo
member-role = Ruolo
member-since = Dal
event-when = Quando
event-what = Che cosa
event-where = Dove
event-attendance = Presenti
event-state = Stato
event-no-date = senza data
modules = { $n ->
     [one] { $n } modulo
    *[other] { $n } moduli
}
hours = { $n ->
     [one] { $n } ora
    *[other] { $n } ore
}

## Ways in
ways-title = Come sono arrivate le organizzazioni
ways-lead = Da un evento, attraverso una manifestazione di interesse, all’adesione.
ways-interests = Manifestazioni di interesse
ways-from-event = di cui dopo un evento
ways-members = di cui ora membri
ways-others = Membri arrivati senza una manifestazione di interesse registrata
ways-event = Evento
ways-received = Interesse ricevuto
ways-state = Stato
ways-member = Membro dal
ways-member-undated = sì, giorno non indicato
ways-network = Rete
ways-no-event = non registrato

## Calendar
calendar-title = Calendario degli eventi

## Contacts
contacts-title = Contatti
contacts-lead = Recapiti funzionali, come indicati nelle schede delle organizzazioni; nessun contatto personale.
contacts-coordinators = Coordinatori delle reti
contact-email = E-mail
contact-phone = Telefono
contact-website = Sito web

## Tables
tables-title = Le immagini in forma di tabella
table-networks = Tabella delle reti
table-organisations = Tabella delle organizzazioni
table-position = Posizione sulla carta
table-shared = Organizzazioni condivise (rete: quante)
table-numbers = Reti (per numero)
country-none = nessun Paese indicato
country-SI = Slovenia
country-IT = Italia
country-FR = Francia
country-AT = Austria
country-HR = Croazia
country-HU = Ungheria
country-CH = Svizzera
country-DE = Germania
country-ES = Spagna
country-BE = Belgio
country-PT = Portogallo
country-GR = Grecia
country-MT = Malta
country-RS = Serbia
country-BA = Bosnia ed Erzegovina
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
