# The pages of the daily work in Slovene.

## Lists
kinds-interest = Izrazi interesa
kinds-programme = Programi usposabljanja
kinds-publication = Publikacije
kinds-membership = Članstva
list-empty-interest = Izrazov interesa še ni. Nastanejo, ko se nekdo želi pridružiti mreži, pogosto na dogodku.
list-empty-programme = Programov usposabljanja še ni. Program ima module, ki jih lahko razvrščate.
list-empty-publication = Publikacij še ni. Publikacija je povezava in po želji kontrolna vsota.
list-empty-membership = Članstev še ni. Članstvo povezuje organizacijo z mrežo; nastane, ko je izraz interesa sprejet.
membership-in-force = velja
membership-to-come = se še ni začelo
membership-ended = končano
list-by-month = Po mesecih
list-as-table = Kot seznam
list-as-board = Kot tabla
list-import = Uvozi
filter-kind = Vrsta
filter-language = Z besedilom v jeziku
board-none = Nobenega.
board-all = { $n ->
    [one] Pokaži ga
    [two] Pokaži oba
    [few] Pokaži vse { $n }
   *[other] Pokaži vseh { $n }
}
and-more = … in še { $n }
n-people = { $n ->
    [one] { $n } oseba
    [two] { $n } osebi
    [few] { $n } osebe
   *[other] { $n } oseb
}
n-months = { $n ->
    [one] { $n } mesec
    [two] { $n } meseca
    [few] { $n } meseci
   *[other] { $n } mesecev
}
n-days = { $n ->
    [one] { $n } dan
    [two] { $n } dneva
    [few] { $n } dni
   *[other] { $n } dni
}

## Records
record-notes = Opombe
record-no-notes = Opomb ni. Ostanejo pri vašem partnerju, če ne izberete drugega registra.
record-no-people = Ni kontaktnih oseb, ki bi jih lahko brali.
record-propose = Predlagaj spremembo
step-at = Dne
step-to = Naprej na
entries-order = Spremeni vrstni red
entries-up = Gor
entries-down = Dol
value-none = nič
conflict-keep-both = Obdrži to, drugo kot drugo ime

## Forms
form-find = Poišči po imenu
form-find-button = Poišči
form-found = { $n ->
    [0] Za »{ $text }« ni zadetkov.
    [one] { $n } zadetek za »{ $text }«. Preverite, ali je pravi.
    [two] { $n } zadetka za »{ $text }«. Izberite pravega.
    [few] { $n } zadetki za »{ $text }«. Izberite pravega.
   *[other] { $n } zadetkov za »{ $text }«. Izberite pravega.
}
form-entry = Številka { $n }
form-entry-new = Nov
form-entry-more = Dodaj več
form-entry-remove = Odstrani ob shranjevanju
form-entries-hint = Kar ostane prazno, se ne doda. Vrstni red spremenite na strani zapisa.
hint-digest = 64 znakov, ki jih izpiše »sha256sum DATOTEKA«. Lahko ostane prazno.
hint-month = Leto in mesec, na primer 2026-10.

## Search
search-title = Iskanje
search-lead = Po vseh vrstah in v vseh štirih jezikih. Strešice niso pomembne, majhne napake so odpuščene.
search-results = Zadetki
search-found = { $n ->
    [one] { $n } zapis za »{ $text }«
    [two] { $n } zapisa za »{ $text }«
    [few] { $n } zapisi za »{ $text }«
   *[other] { $n } zapisov za »{ $text }«
}
search-none = Nič se tako ne imenuje in nič tega ne omenja. Poskusite z manj besedami ali samo z začetkom besede.

## Views
map-title = Zemljevid
map-lead = Kje so organizacije, kolikor so njihovi položaji znani.
graph-title = Slika mreže
graph-lead = Katere organizacije pripadajo katerim mrežam. Tiste iz več mrež so mostovi.
graph-colours = Barve pomenijo
picture-same = Isto kot preglednica
calendar-title = Dogodki, { $month }
calendar-months = Meseci
calendar-today = Ta mesec
calendar-none = V tem mesecu ni dogodkov.
calendar-as-list = Kot seznam
calendar-agenda = Seznam po dnevih
calendar-undated = Datum še ni znan
calendar-day-of = { $n }. dan od { $all }
weekday-1 = ponedeljek
weekday-2 = torek
weekday-3 = sreda
weekday-4 = četrtek
weekday-5 = petek
weekday-6 = sobota
weekday-7 = nedelja
month-1 = januar
month-2 = februar
month-3 = marec
month-4 = april
month-5 = maj
month-6 = junij
month-7 = julij
month-8 = avgust
month-9 = september
month-10 = oktober
month-11 = november
month-12 = december
figures-title = Številke
figures-all = Vse številke
figures-no-country = brez države

## What is new
news-title = Novosti
news-since = od { $time }
news-more = Vse novosti
news-none = Nič se ni spremenilo.
news-days = Iz zadnjih
news-n-added = dodano: { $n }
news-n-changed = spremenjeno: { $n }
news-n-deleted = izbrisano: { $n }

## Proposals
proposals-title = Predlogi
proposals-lead = Kdor zapisa ne sme pisati, predlaga spremembo; odloči tisti, ki ga vodi.
proposals-none = Noben predlog ne čaka na odločitev.
proposals-received = Za vašo odločitev
proposals-made = Vaši predlogi
proposals-others = Drugi
proposals-all = Pokaži tudi odločene
proposals-open-only = Samo čakajoči
proposal-by = predlaga { $partner }, { $time }
proposal-values = Predlagane vrednosti
proposal-then = Predlagano
proposal-accept = Sprejmi
proposal-decline = Zavrni
proposal-withdraw = Umakni
propose-lead = Spremenite, kar bi moralo biti drugače. Partner, ki vodi »{ $register }«, to vidi in odloči; do takrat zapis ostane, kakršen je.
propose-reason = Razlog (neobvezno)
propose-send = Pošlji predlog

## Translations, verification, duplicates
translations-title = Prevodi, ki čakajo
translations-lead = Besedila, ki v jeziku manjkajo ali katerih izvirnik se je po prevodu spremenil.
translations-to = V jezik
translations-all = Tudi drugih partnerjev
translations-none = Ničesar ni treba prevesti.
translations-missing = Manjka
translations-stale = Starejše od izvirnika
translations-do = Prevedi
stale-records-title = Dolgo nepreverjeno
stale-records-lead = Preverite, ali ime, naslov in telefon še držijo. »Danes drži« to pove vsem.
stale-records-none = V tem času je bilo vse preverjeno.
stale-months = Nepreverjeno v zadnjih
stale-verified = Danes drži
sameas-title = Možni dvojniki
sameas-lead = Zapisi, ki so videti kot eden. Kar potrdite, se bere skupaj in nič se ne izgubi; odločitev lahko prekličete.
sameas-suggested = Za odločitev
sameas-decided = Odločeno
sameas-none = Nobena dva zapisa nista videti kot eden.
sameas-confirm = Sta eden
sameas-refuse = Sta dva
sameas-undo = Prekliči

## People
people-title = Kontaktne osebe
people-lead = Osebni podatki. Osebo bere samo tisti, ki ga določi njen upravljavec; drugje o njej ni ničesar.
people-new = Dodaj kontaktno osebo
people-new-lead = Povejte, za kateri namen, na kateri pravni podlagi in do kdaj se podatki smejo hraniti. Potem se izbrišejo.
people-none = Ni kontaktnih oseb, ki bi jih lahko brali. Službeni naslov sodi k sami organizaciji.
people-controller = Upravljavec
people-controlled-by = Upravljavec: { $name }
people-readers = Berejo
people-readers-all = vsi partnerji
people-readers-none = samo upravljavec
people-due-soon = kmalu poteče
people-due-over = poteklo: bo izbrisana
people-due-ask = davno poteklo: odločite
people-scope = Kdo bere to osebo
people-scope-hint = Vaš partner vedno. Kdor je pozneje izpuščen, ob naslednji izmenjavi izbriše, kar ima.
people-scope-own = Samo vaš partner
people-scope-all = Vsi partnerji
people-scope-some = Ti partnerji:
people-access = Za osebo
people-access-how = Kdor vpraša, kaj o njem hranite, dobi eno od teh datotek.
people-erase = Izbriši
people-erase-what = Oseba se izbriše pri vseh partnerjih, ki jo berejo, skupaj z zgodovino, in se ne more vrniti.
people-erase-why = Razlog
people-erase-sure = Vem, da tega ni mogoče razveljaviti.
people-erase-do = Za vedno izbriši to osebo
people-erasure = Izbris
people-erased-title = Izbrisana oseba
people-erasure-waits = Tu čaka: drug partner je zahteval več izbrisov, kot se jih izvede naenkrat. Če soglašate, jo izbrišite tu.
erase-reason-retention = Rok je potekel
erase-reason-request = Oseba je to zahtevala
erase-reason-left = Tega dela ne opravlja več
erase-reason-mistake = Vneseno po pomoti

## Import
import-title = Uvoz
import-lead = Preglednica ali datoteka CSV postane zapisi. Najprej vidite, kaj bi naredila; nič se ne zapiše, dokler ne potrdite.
import-kind = Vrsta zapisov
import-file = Datoteka
import-file-hint = CSV, Excel, LibreOffice ali JSON, do 64 MiB. Ena vrstica je en zapis.
import-look = Poglej
import-last = Kako je potekal zadnji uvoz
import-refused = Datoteka ni bila sprejeta; nič ni bilo zapisano.
import-partly = Zapisanih je bilo { $written } od { $total } zapisov, preden se je uvoz prekinil. Ostanejo, kakor so; pošljite datoteko znova in uvoz se bo od tam nadaljeval.
import-preview = Uvoz datoteke { $file }
import-would = Bilo bi
import-done = Končano
import-added = dodano
import-changed = spremenjeno
import-unchanged = nespremenjeno
import-do = Uvozi zdaj
import-look-again = Znova poglej s temi nastavitvami
import-settings = Velja za vso datoteko
import-language = Jezik besedil, katerih stolpec ga ne pove
import-email = E-naslovi, ki so videti osebni
import-email-refuse = Zavrni datoteko
import-email-leave = Izpusti jih
import-email-allow = Sprejmi jih
import-persons = Kontaktne osebe v datoteki
import-persons-ask = Vprašaj, če so v njej
import-persons-take = Sprejmi jih pod spodnjimi pogoji
import-persons-leave = Izpusti jih
import-persons-details = Pogoji za kontaktne osebe
import-persons-terms = Datoteka vsebuje kontaktne osebe. Povejte, za kaj in do kdaj se smejo hraniti, ali jih izpustite.
import-positions = Položaji, dopolnjeni iz kraja in države (GeoNames, CC BY 4.0): { $filled }; neznani kraji: { $unknown }; imena več krajev: { $several }
import-mapping = Kateri stolpec gre kam
import-mapping-how = Iz naslovov stolpcev ali iz stolpcev, ki ste jih shranili. Popravite, kjer je narobe, in znova poglejte.
import-column = Stolpec
import-target = Gre v
import-nothing = (se ne uvozi)
import-row = Vrstica
import-rows = Po vrsticah
import-reason = Kaj je narobe
import-errors = { $n ->
    [one] { $n } vrednosti ni mogoče sprejeti
    [two] { $n } vrednosti ni mogoče sprejeti
    [few] { $n } vrednosti ni mogoče sprejeti
   *[other] { $n } vrednosti ni mogoče sprejeti
}
import-errors-how = Popravite vrstice v preglednici in jo znova pošljite ali stolpca ne uvozite.
import-errors-caption = Vrednosti, ki jih ni mogoče sprejeti
import-duplicates = Morda že obstaja
import-progress = Zadnji uvoz
import-never = Od zagona vozlišča še ni bilo uvoza.
import-checking = Vrstice se preverjajo.
import-again = Pokaži, kako daleč je
import-another = Uvozi drugo datoteko
import-waiting = Datoteke, ki ste jih poslali
import-waiting-how = Tu čakajo eno uro. Iz njih še ni nič zapisano.
import-file-missing = Nobena datoteka ni izbrana. Prosimo, izberite jo.
import-map = Shranjeni stolpci (neobvezno)
import-map-hint = Datoteka, ki ste jo shranili z »Shrani stolpce v datoteko« ali jo je zapisal »comin import --save-map«. Vrsta zapisov je tista, ki je v njej.
import-map-unreadable = To ni datoteka s shranjenimi stolpci. Izberite drugo ali nobene, nato znova izberite preglednico.
import-map-save = Shrani stolpce v datoteko
import-key = Vrstica brez id-ja se najde po
import-key-how = Kjer se vsa izbrana polja ujemajo, vrstica spremeni obstoječi zapis, sicer doda novega. Če ne izberete nobenega, veljajo običajna.
import-set = Velja za vsako vrstico s prazno celico
import-scope = Kdo bere te osebe
import-latitude = Položaj: zemljepisna širina
import-longitude = Položaj: zemljepisna dolžina
import-person = Kontaktna oseba: { $what }
import-person-name = Ime in priimek v eni celici

## Survey and export
survey-title = Pregled mrež
survey-lead = Dokument o vseh mrežah, napisan iz tega, kar si partnerji delijo, v sedanjem stanju.
survey-language = Jezik
survey-audience = Za koga
survey-partnership = Partnerstvo: vse, kar je v skupni rabi
survey-public = Vsi: kar je označeno kot javno
survey-open = Odpri za branje in tiskanje
survey-markdown = Kot Markdown
survey-print = Za PDF ga odprite in v oknu za tiskanje izberite »Shrani kot PDF«.
survey-fresh = Kako sveže je
survey-fresh-how = Vsebuje, kar ima to vozlišče od vsakega partnerja.
export-title = Izvoz
export-lead = Vse, kar tu berete, lahko shranite kot datoteko v odprti obliki.
export-whole = Vse v eni datoteki
export-format = Oblika
export-xlsx = Delovni zvezek (Excel, LibreOffice): list za vsako vrsto
export-json = JSON: za programe, mogoče ga je znova uvoziti
export-geojson = GeoJSON: za zemljevide
export-graphml = GraphML: za analizo mrež
export-table = Ena vrsta kot preglednica
export-do = Shrani datoteko
export-refer = Drugi zapisi so navedeni z
export-refer-id = id-jem, za vrnitev sem
export-refer-name = imenom, za drugo napravo
export-csv = Shrani kot CSV
export-public = Samo, kar je označeno kot javno
export-other = Koledar in imenik
export-ics = Dogodki za koledar (iCalendar)
export-vcf = Kontaktne osebe za imenik (vCard)
export-personal = osebni podatki
export-automerge = Sami dokumenti
export-automerge-how = Vsak del registra z vso zgodovino, berljiv z vsakim orodjem Automerge.
export-part = del { $n }
history-created = ustvarjeno
history-changed = spremenjeno
history-deleted = izbrisano
history-restored = obnovljeno
history-accepted = sprejeto
history-declined = zavrnjeno
history-reopened = odločitev preklicana
history-proposal = Predlog (predlagatelj: { $partner }): { $state }
cli-history-entry = { $time }: { $what } – { $partner }, { $device } (register: { $register })
cli-history-more = Starejše spremembe: comin history { $id } --after { $next }
cli-undone = Razveljavljeno z novo spremembo v registru { $register }; zgodovina ohrani obe.
problem-changed-since = To se je medtem spremenilo.
problem-several = Ta sprememba je izbrala med več vrednostmi. Spodaj izberite, katera naj velja.
problem-nothing-left = Od te spremembe ni ostalo ničesar, kar bi se dalo razveljaviti.
cli-check-running = Dokumentov: { $documents }, zapisov: { $records }. Strani in iskanje kažejo to, kar je v dokumentih. Dokler vozlišče teče, se sama shramba ne preverja; za to ga je treba ustaviti.
cli-row-like-row = vrstica { $row }, { $title }: morda ista kot vrstica { $other } ({ $reason })

## History
history-title = Zgodovina
history-lead = Kdo je kaj in kdaj spremenil, v vsakem registru s tem zapisom; najnovejše najprej. Razveljavitev je nova sprememba in nič se ne izgubi.
history-undo = Razveljavi to spremembo
history-undo-field = Razveljavi to polje
history-anyway = Vseeno razveljavi; kar je bilo napisano pozneje, se prepiše in ostane v zgodovini
history-decided = Ta sprememba je izbrala med več vrednostmi. Izberite tisto, ki naj spet velja:
history-take = Znova zapiši to vrednost
history-older = Starejše spremembe
