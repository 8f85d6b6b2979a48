# Besede vozlišča v slovenščini. Štiri oblike štetja: one (1), two (2), few (3, 4), other (0, 5 …).

## Okvir
skip = Skoči na vsebino
nav-main = Glavni meni
nav-language = Jezik
nav-crumbs = Tukaj ste
nav-overview = Začetna stran
nav-conflicts = Navzkrižja
nav-partners = Partnerji in izmenjava
nav-waiting = čaka
nav-menu = Meni
nav-menu-close = Zapri
footer-local = To stran pripravlja vaše vozlišče. Deluje tudi brez interneta.
live-changed = Stran se je medtem spremenila.
live-reload = Pokaži trenutno stanje
live-offline = Vozlišče se ne odziva; stran morda ni več aktualna.
error-title = Ni uspelo
error-not-found = Ni najdeno
error-forbidden = Zavrnjeno
error-detail = Sporočilo vozlišča za vaše informatike

## Zavrnitve
problem-not-found = Tega, kar iščete, tukaj ni. Morda je na drugi strani ali pa tega ne smete brati.
problem-stale = Medtem je nekdo to spremenil. Oglejte si trenutno stanje in se odločite znova.
problem-not-allowed = Tukaj tega ne smete storiti.
problem-not-admin = To smejo samo administratorji tega vozlišča.
problem-foreign-office = Zahteva ni prišla s strani vozlišča ali pa je prišla pod drugim imenom. Naslov vozlišča vpišite v brskalnik.
problem-foreign-request = Zahteva ni prišla s strani vozlišča. Stran znova odprite z ukazom »comin open«.
problem-backup = Varnostne kopije zdaj ni mogoče narediti.
problem-machine-request = To ni prošnja nove naprave ali ni cela. Kopirajte celotno besedilo, ki ga pokaže nova naprava.
problem-no-writers = V ta register ne bi pisal nihče. Izberite vsaj enega partnerja ali vse.
problem-backup-nowhere = Vozlišče nima mape za varnostne kopije; nobena ni bila zapisana. Navedite jo v node.toml, kot je opisano spodaj, in vozlišče znova zaženite.
problem-precondition = V trenutnem stanju to ni mogoče.
problem-ambiguous = To ime ima več stvari.
problem-invalid = Vnosa ni mogoče sprejeti.
problem-bad-request = Naslova ali obrazca ni mogoče prebrati. Vrnite se in poskusite znova.
problem-stopped = Vozlišče se je ustavilo. Ni gotovo, da so zadnji vnosi shranjeni. Obvestite svoje informatike.
problem-store = Vozlišče ne more brati svojih podatkov. Obvestite svoje informatike.
problem-store-busy = Podatki vozlišča so v uporabi. Poskusite znova čez trenutek.
problem-timeout = Vozlišče ni odgovorilo pravočasno. Preden poskusite znova, preverite, ali je vaša sprememba že tam.
problem-proposed-there = Predlog se poda pri zapisu, o katerem govori: odprite ta zapis in izberite »Predlagaj spremembo«.
problem-method = Stran tega ne omogoča.
problem-too-large = Poslana vsebina je prevelika.
problem-media-type = Poslana vsebina je v obliki, ki je vozlišče ne bere.
problem-if-match = Obrazec je prispel brez različice, za katero je bil narejen. Odprite ga znova.
problem-not-signed-in = Niste prijavljeni.
problem-too-many-streams = Odprtih je preveč strani tega vozlišča. Nekatere zaprite.
problem-under-way = Enaka zahteva se že izvaja.
problem-import-running = Drug uvoz še poteka. Poskusite znova, ko bo končan.
problem-plan-changed = Uvoz bi zdaj naredil nekaj drugega od tega, kar ste si ogledali: spremenila se je nastavitev, stolpec ali zapis. To bi naredil zdaj.
problem-upload-room = Datoteka se je umaknila novejšim, preden je bila uvožena. Pošljite jo znova.
problem-upload-late = Datoteka je čakala več kot eno uro in je bila zavržena. Pošljite jo znova.
problem-upload-imported = Datoteka je že uvožena.
problem-uploads-busy = Drugi ravno pošiljajo velike datoteke. Svojo pošljite znova čez minuto.
problem-internal = V vozlišču je prišlo do napake. Obvestite svoje informatike.
refused-required = Polje je prazno. Prosimo, izpolnite ga.
refused-too-long = { $value } je predolgo. Največje dovoljeno število znakov: { $max }.
refused-several-lines = Besedilo ima več vrstic. Zapišite ga v eni vrstici.
refused-line = { $value } ni mogoče sprejeti. Zapišite znova, brez posebnih znakov.
refused-name = Ime je ena vrstica z največ { $max } znaki, brez posebnih znakov.
refused-code = { $value } ni med možnostmi. Izberite s seznama.
refused-reference = { $value } ni ustrezen zapis. Izberite s seznama.
refused-date = { $value } ni dan. Zapišite leto, mesec in dan, na primer 2026-10-15.
refused-month = { $value } ni mesec. Zapišite leto in mesec, na primer 2026-10.
refused-moment_range = Navedena časa nista ustrezna. Vnesite začetek in konec, ki je za njim.
refused-position = { $value } ni lega. Zapišite zemljepisno širino, dolžino in natančnost, na primer 45.956,13.648;city
refused-integer = { $value } ni ustrezno število. Zapišite celo število brez presledkov in pik.
refused-link = { $value } ni spletni naslov. Začnite s https:// in ne puščajte presledkov.
refused-email = { $value } ni e-poštni naslov. Zapišite ga kot office@zavod.example.
refused-country = { $value } ni država. Zapišite njeni dve črki, na primer SI, IT ali FR.
refused-code-of = { $value } ni med temi možnostmi: { $choices }
refused-flag = { $value } ni ne da ne ne.
refused-record = { $value } ni ne ime ne id zapisa, ki je tukaj. Najprej uvozite tega ali napišite njegov id.
refused-record-several = Več zapisov ima ime { $value }. Napišite id tistega, ki je mišljen.
refused-record-later = To pomeni drug zapis iz datoteke, ki ga tu še ni. Najprej uvozite to vrsto: { $kind }.
refused-same-row = To je isti zapis kot v vrstici { $row }.
refused-personal-email = To je videti kot naslov osebe, ta pa sodi h kontaktni osebi. Napišite službeni naslov ali nastavite, da se takšni izpustijo (--leave-personal-email) ali vzamejo (--allow-personal-email).
refused-digest = { $value } ni kontrolna vsota. Prekopirajte 64 znakov vsote SHA-256.
sign-in-title = Prijava
sign-in-how = Na napravi, na kateri deluje vozlišče, zaženite ta ukaz; odprl bo stran, na kateri boste že prijavljeni:
sign-in-why = Povezava velja enkrat. Tako drugi programi in druge osebe na tej napravi nimajo vstopa.
sign-in-name = Ime
sign-in-password = Geslo
sign-in-wrong = Ime in geslo se ne ujemata. Novo geslo vam lahko da, kdor skrbi za vozlišče.
sign-in-held-off = Preveč gesel je bilo napačnih. Počakajte deset minut, nato poskusite znova.
sign-out = Odjava
signed-out = Odjavljeni ste. Prijavite se v drugem oknu, nato nadaljujte tukaj.
office-trust = Brskalnik opozarja na to stran?
office-trust-why = Potrdilo tega vozlišča je izdala vaša organizacija, brskalnik pa tega izdajatelja še ne pozna. Povejte mu enkrat in ne bo več opozarjal, vi pa boste opazili, če bi se kdo drug izdajal za to vozlišče.
office-trust-file = Potrdilo vaše organizacije
office-trust-compare = Preden ga sprejmete, primerjajte njegov prstni odtis SHA-256 s tistim, ki vam ga prebere, kdor skrbi za vozlišče (comin tls show).
office-trust-firefox = Firefox: Nastavitve, Zasebnost in varnost, Preglej digitalna potrdila, Overitelji, Uvozi; zaupajte mu za spletna mesta.
office-trust-windows = Windows (Edge, Chrome): odprite datoteko, Namesti potrdilo, Trenutni uporabnik, shranite v »Zaupanja vredni korenski overitelji«.
office-trust-macos = macOS: odprite datoteko, nato ji v programu Dostop do zbirke ključev nastavite »Vedno zaupaj«.
office-trust-android = Android: Nastavitve, Varnost, Šifriranje in poverilnice, Namesti potrdilo, Potrdilo overitelja.
partners-admins = Vabila in odločitve so v rokah administratorjev tega vozlišča.

## Čas in števila
ago-now = pravkar
ago-minutes = { $n ->
    [one] pred { $n } minuto
    [two] pred { $n } minutama
    [few] pred { $n } minutami
   *[other] pred { $n } minutami
}
ago-hours = { $n ->
    [one] pred { $n } uro
    [two] pred { $n } urama
    [few] pred { $n } urami
   *[other] pred { $n } urami
}
ago-days = { $n ->
    [one] pred { $n } dnevom
    [two] pred { $n } dnevoma
    [few] pred { $n } dnevi
   *[other] pred { $n } dnevi
}
n-records = { $n ->
    [one] { $n } zapis
    [two] { $n } zapisa
    [few] { $n } zapisi
   *[other] { $n } zapisov
}
other-languages = { $n ->
    [one] Še v { $n } jeziku
    [two] Še v { $n } jezikih
    [few] Še v { $n } jezikih
   *[other] Še v { $n } jezikih
}

## Izmenjava
exchange-title = Izmenjava
exchange-table = Izmenjava s posameznimi partnerji
exchange-stopped = Vozlišče se je ustavilo: { $reason }. Ni gotovo, da so zadnji vnosi shranjeni.
exchange-action = { $n ->
    [one] { $n } partner prosi za sprejem in čaka na vas.
    [two] { $n } partnerja prosita za sprejem in čakata na vas.
    [few] { $n } partnerji prosijo za sprejem in čakajo na vas.
   *[other] { $n } partnerjev prosi za sprejem in čaka na vas.
}
exchange-decide = { $n ->
    [one] { $n } odločitev partnerstva čaka na vas.
    [two] { $n } odločitvi partnerstva čakata na vas.
    [few] { $n } odločitve partnerstva čakajo na vas.
   *[other] { $n } odločitev partnerstva čaka na vas.
}
exchange-join-refused = Vaša prošnja za sprejem je bila zavrnjena: { $reason }
exchange-joining = Zaprosili ste za sprejem v partnerstvo. Dokler niste sprejeti, je vse shranjeno samo na tej napravi.
exchange-alone = Niste še v partnerstvu. Vse je shranjeno samo na tej napravi.
exchange-first = Zaenkrat ste edini partner. Vse je shranjeno samo na tej napravi.
exchange-paused = { $n ->
    [0] Izmenjava je začasno ustavljena. Nič vašega ne čaka.
    [one] Izmenjava je začasno ustavljena. { $n } sprememba je shranjena samo tukaj.
    [two] Izmenjava je začasno ustavljena. { $n } spremembi sta shranjeni samo tukaj.
    [few] Izmenjava je začasno ustavljena. { $n } spremembe so shranjene samo tukaj.
   *[other] Izmenjava je začasno ustavljena. { $n } sprememb je shranjenih samo tukaj.
}
exchange-unreachable = { $n ->
    [0] Zadnji stik s katerim koli partnerjem: { $since }. Lahko delate naprej.
    [one] Zadnji stik s katerim koli partnerjem: { $since }. { $n } sprememba je shranjena samo tukaj; lahko delate naprej.
    [two] Zadnji stik s katerim koli partnerjem: { $since }. { $n } spremembi sta shranjeni samo tukaj; lahko delate naprej.
    [few] Zadnji stik s katerim koli partnerjem: { $since }. { $n } spremembe so shranjene samo tukaj; lahko delate naprej.
   *[other] Zadnji stik s katerim koli partnerjem: { $since }. { $n } sprememb je shranjenih samo tukaj; lahko delate naprej.
}
exchange-never-reached = { $n ->
    [0] Z nobenim partnerjem še ni bilo stika. Lahko delate naprej.
    [one] Z nobenim partnerjem še ni bilo stika. { $n } sprememba je shranjena samo tukaj.
    [two] Z nobenim partnerjem še ni bilo stika. { $n } spremembi sta shranjeni samo tukaj.
    [few] Z nobenim partnerjem še ni bilo stika. { $n } spremembe so shranjene samo tukaj.
   *[other] Z nobenim partnerjem še ni bilo stika. { $n } sprememb je shranjenih samo tukaj.
}
exchange-exchanging = { $n ->
    [one] Poteka izmenjava z { $n } partnerjem.
    [two] Poteka izmenjava z { $n } partnerjema.
    [few] Poteka izmenjava s { $n } partnerji.
   *[other] Poteka izmenjava s partnerji ({ $n }).
}
exchange-waiting = { $n ->
    [one] { $n } sprememba čaka
    [two] { $n } spremembi čakata
    [few] { $n } spremembe čakajo
   *[other] { $n } sprememb čaka
} { $k ->
    [one] na dostavo { $k } partnerju.
    [two] na dostavo { $k } partnerjema.
    [few] na dostavo { $k } partnerjem.
   *[other] na dostavo { $k } partnerjem.
}
exchange-delivered = Dostavljeno partnerjem: { $k } od { $total }. { $days ->
    [0] Zadnji stik s partnerjem { $name }: { $since }.
    [one] S partnerjem { $name } ni stika že { $days } dan.
    [two] S partnerjem { $name } ni stika že { $days } dneva.
    [few] S partnerjem { $name } ni stika že { $days } dni.
   *[other] S partnerjem { $name } ni stika že { $days } dni.
}
exchange-delivered-never = Dostavljeno partnerjem: { $k } od { $total }. S partnerjem { $name } še ni bilo stika.
exchange-all = { $n ->
    [1] Drugi partner ima vaše spremembe, potrjeno: { $time }.
    [2] Oba druga partnerja imata vaše spremembe, zadnja potrditev: { $time }.
   *[other] Vsi drugi partnerji ({ $n }) imajo vaše spremembe, zadnja potrditev: { $time }.
}
exchange-look = Oglejte si, kaj čaka
exchange-begin = Pridružite se partnerstvu ali ga ustanovite
exchange-now = Izmenjaj zdaj
exchange-pause = Začasno ustavi
exchange-resume = Nadaljuj izmenjavo
exchange-progress = Prenos poteka
exchange-never = nikoli
exchange-not-reached = Ob zadnjem poskusu ni bil dosegljiv.
exchange-why = Razlog za vaše informatike
exchange-direct = neposredno
exchange-through = prek: { $name }
exchange-next-try = { $n ->
    [0] Naslednji poskus zdaj.
    [one] Naslednji poskus čez { $n } sekundo.
    [two] Naslednji poskus čez { $n } sekundi.
    [few] Naslednji poskus čez { $n } sekunde.
   *[other] Naslednji poskus čez { $n } sekund.
}
exchange-col-partner = Partner
exchange-col-state = Stanje
exchange-col-lacks = Čaka na pošiljanje
exchange-col-we-lack = Čaka na prejem
exchange-col-heard = Zadnji stik
exchange-col-way = Povezava
dial-hung-up = druga stran je prekinila: morda te naprave še ne pozna ali pa je izmenjava pri njej ustavljena
dial-closed = povezava je bila zaprta
dial-broke = povezava se je prekinila
dial-not-begun = povezava je vzpostavljena, izmenjava pa se ni mogla začeti
dial-no-address = ni znan noben njen naslov
dial-denied = preveč povezav ali pa ni več član
dial-under-way = poteka drug poskus
dial-silent = druga stran se ne odziva
dial-not-now = ni član ali pa je izmenjava ustavljena
dial-paused = izmenjava je bila ustavljena
partner-state-equal = Povezan
partner-state-exchanging = Izmenjava poteka
partner-state-away = Ni povezan
partner-state-never-heard = Še brez stika
lag-none = nič
lag-exactly = { $n ->
    [one] { $n } sprememba
    [two] { $n } spremembi
    [few] { $n } spremembe
   *[other] { $n } sprememb
}
lag-at-least = { $n ->
    [one] vsaj { $n } sprememba
    [two] vsaj { $n } spremembi
    [few] vsaj { $n } spremembe
   *[other] vsaj { $n } sprememb
}
lag-unknown = ni znano

## Začetna stran
overview-federation = { $n ->
    [one] { $name }, { $n } partner
    [two] { $name }, { $n } partnerja
    [few] { $name }, { $n } partnerji
   *[other] { $name }, { $n } partnerjev
}
overview-numbers = Kaj je tukaj
overview-conflicts = { $n ->
    [one] { $n } navzkrižje čaka na odločitev.
    [two] { $n } navzkrižji čakata na odločitev.
    [few] { $n } navzkrižja čakajo na odločitev.
   *[other] { $n } navzkrižij čaka na odločitev.
}
overview-documents = Pregled in slike
overview-survey = Pregled mrež, sestavljen iz tega, kar si delijo vsi partnerji. Lahko ga natisnete ali shranite kot PDF.
overview-graph = Slika: organizacije in mreže
overview-map = Karta: kje so organizacije
overview-partners = Drugi partnerji
overview-no-partners = Tukaj še ni nikogar drugega.
overview-empty = Zapisov še ni. Začnite s svojo organizacijo ali z mrežo; preglednico lahko uvozite.

## Seznami
filter-text = Iskanje
filter-all = Vse
filter-apply = Pokaži
filter-more = Filtri
filter-clear = Počisti filtre
list-name = Ime
list-register = V registru
list-none-found = Tem filtrom ne ustreza nič.
list-empty-network = Mrež še ni. Mreža ima ime, državo in skupine, ki jim pomaga.
list-empty-organisation = Organizacij še ni. Dodajte prvo ali uvozite preglednico z ukazom »comin import«.
list-empty-practice = Dobrih praks še ni.
list-empty-event = Dogodkov še ni.
mark-conflict = v navzkrižju
mark-differs = registri se razlikujejo
pager = Strani
pager-before = Nazaj
pager-next = Naprej
pager-here = Stran { $page } od { $pages }

## Zapisi
record-kept-in = V registru:
record-id = Oznaka tega zapisa za vaše informatike:
record-created = Vnos:
record-edit = Uredi
record-delete = Izbriši
record-restore = Obnovi
record-read-only = samo za branje
record-deleted = Ta zapis je izbrisan. Lahko ga obnovite.
record-deletion-disputed = En partner je ta zapis izbrisal, medtem ko ga je drugi spreminjal. Na seznamu ostane, dokler se kdo ne odloči.
record-differs = Registri, ki hranijo ta zapis, se ne ujemajo v: { $fields }.
record-members = Člani
record-no-members = Članov še ni.
record-networks = Mreže
record-no-networks = Še v nobeni mreži.
value-yes = da
value-no = ne
value-removed = odstranjeno
value-invalid = ni veljavno
unknown-partner = neznan
register-own = Vaš register
register-internal = Notranji (samo vaš partner)
register-person = Lasten register osebe
register-partner = { $name }
new-network = Dodaj mrežo
new-organisation = Dodaj organizacijo
new-practice = Dodaj dobro prakso
new-event = Dodaj dogodek
new-membership = Dodaj članstvo
new-interest = Zabeleži izraz interesa
new-programme = Dodaj program usposabljanja
new-publication = Dodaj publikacijo
new-note = Dodaj opombo
new-sameas = Označi, da sta dva zapisa isto

## Navzkrižja
conflicts-lead = Dve osebi sta v isto polje vpisali različni vrednosti, ne da bi vedeli druga za drugo. Obe ostaneta vidni, dokler se kdo ne odloči; odločitev doseže vse partnerje.
conflicts-none = Nič ne čaka na odločitev.
conflicts-all = Vse, kar čaka na odločitev
conflict-count = { $n ->
    [one] { $n } vrednost
    [two] { $n } vrednosti, vpisani neodvisno druga od druge
    [few] { $n } vrednosti, vpisane neodvisno druga od druge
   *[other] { $n } vrednosti, vpisanih neodvisno druga od druge
}
conflict-decide = Odloči
conflict-keep = Obdrži to
conflict-number = vrednost { $n }
conflict-another = Vpiši drugo vrednost
conflict-not-yours = Odloči partner, ki vodi ta register.
conflict-about-deletion = Eden je zapis izbrisal, drugi ga je spremenil, ne da bi vedel za to.
conflict-keep-or-delete = obdržati ali izbrisati?
conflict-deleted = Izbrisano
conflict-edited = Spremenjeno
conflict-restored = Obdržano
conflict-take-deletion = Izbriši zapis
conflict-take-record = Obdrži zapis
conflict-changed = Zapis se je medtem spremenil. To je njegovo trenutno stanje.

## Obrazci
form-save = Shrani
form-cancel = Prekliči
form-none = (brez)
form-required = (obvezno)
form-register = Register
form-register-hint = Vaš register berejo vsi partnerji, notranjega pa nihče drug.
form-refused = Shranjevanje ni uspelo.
form-more-languages = Drugi jeziki
form-nothing-to-choose = Izbirati še ni mogoče: seznam je prazen.
form-start = Začetek
form-start-time = Začetek, ura
form-end = Konec
form-end-time = Konec, ura
form-zone = Časovni pas
hint-moments = Če gre za cele dneve, pustite uri prazni; če datum še ni znan, pustite prazno vse.
form-has-conflicts = Ta zapis je v navzkrižju. Shranjevanje drugih polj tega ne reši:
hint-lines = Vsak vnos v svojo vrstico.
hint-position = Zemljepisna širina, dolžina in natančnost, na primer 45.956,13.648;city
hint-country = Dve črki, na primer SI, IT ali FR.
hint-email = Naslov službe, na primer office@zavod.example; ne naslov posamezne osebe.
hint-nuts = Koda statistične regije, na primer SI04 ali ITH3. Lahko ostane prazno.
hint-identifiers = Davčna, matična ali druge uradne številke, vsaka v svoji vrstici.
stale-title = Nekdo je ta zapis spremenil, medtem ko ste ga urejali.
stale-how = Nič vašega še ni shranjeno. Spodaj je, kaj zapis vsebuje zdaj in kaj ste napisali vi; obrazec še hrani vaše besedilo. Če želite vpisati svoje, shranite znova.
stale-look = Vrnite se, oglejte si trenutno stanje zapisa in se odločite znova.
stale-field = Polje
stale-now = Trenutno stanje
stale-yours = Kaj ste napisali
stale-drop = Pusti, kot je zdaj

## Partnerji
partners-members = Partnerji in naprave
partners-self = vi
partners-this-device = ta naprava
partners-steward = skrbnik
partners-roles = Skrbnik skupaj z drugimi skrbniki odloča, kdo je sprejet v partnerstvo.
partners-partner = partner
partners-col-name = Partner
partners-col-country = Država
partners-col-role = Vloga
partners-col-devices = Naprave
approvals-title = Čakajo na vas
approvals-how = Pokličite partnerja po telefonu in primerjajta številki. Odobrite samo, če oba berete isto.
approval-approve = Številki sta enaki: odobri
approval-reject = Zavrni
approval-other-name = Vabilo je bilo namenjeno: { $name }.
check-number = Kontrolna številka:
drafts-title = Čakajo na skrbnike
draft-all = vsi partnerji
draft-admission = Sprejem partnerja { $name } ({ $more })
draft-shared-register = Nov skupni register »{ $name }«; vanj pišejo: { $more }
draft-register-writers = V register »{ $name }« odslej pišejo: { $more }
draft-stewards = Skrbniki odslej: { $name }{ $more }
draft-removal = Dokončna odstranitev partnerja { $name }{ $more }
draft-rekeying = Zamenjava ključa partnerja { $name }; novi se začne z { $more }. Primerjajte ga po telefonu.
draft-signed = Podpisali: { $names }. Potrebni podpisi: { $n }.
draft-missing = Še ne: { $names }
draft-refused = Zavrnili: { $names }
draft-sign = Podpiši
invites-title = Vabila
invites-none = Ni vabil.
invites-col-name = Za
invites-col-country = Država
invites-col-state = Stanje
invites-col-expires = Velja do
invites-col-ticket = Vabilo
invite-title = Povabite partnerja
invite-how = Ustvari vabilo, ki velja enkrat. Pošljite ga po e-pošti, nato po telefonu primerjajte kontrolno številko.
invite-name = Ime organizacije
invite-make = Ustvari vabilo
ticket-open = odprto
ticket-used = porabljeno
ticket-expired = poteklo
ticket-cancelled = preklicano
ticket-show = Pokaži
ticket-cancel = Prekliči
ticket-made = Vabilo za: { $name }
ticket-how = To besedilo pošljite partnerju. Velja enkrat.
ticket-code = Vabilo kot koda QR
ticket-code-show = Pokaži kot kodo QR
ticket-expires = Velja do
join-title = Pridružite se partnerstvu
join-how = Prilepite vabilo, ki vam ga je poslal partner.
join-ticket = Vabilo
join-ask = Zaprosi za sprejem
join-read-out = To številko preberite po telefonu. Druga stran mora videti enako.
join-stage-dialling = Vzpostavljanje stika s partnerjem, ki vas je povabil
join-stage-committed = Usklajevanje kontrolne številke
join-stage-waiting = Čakanje na potrditev
join-stage-admitted = Sprejeto
join-stage-refused = Zavrnjeno
join-refused-ticket-unknown = Partner, ki vas je povabil, tega vabila ne pozna.
join-refused-ticket-used = To vabilo je že uporabila druga naprava.
join-refused-ticket-expired = Vabilo je poteklo.
join-refused-ticket-cancelled = Partner, ki vas je povabil, je to vabilo preklical.
join-refused-foreign-federation = Vabilo je za drugo partnerstvo.
join-refused-commitment-mismatch = Kar je druga stran pokazala, se ne ujema s tem, kar je obljubila. Pokličite jo po telefonu, preden poskusite znova.
join-refused-too-many-attempts = Trije poskusi s tem vabilom so porabljeni.
join-refused-rejected = Partner, ki vas je povabil, je prošnjo zavrnil.
join-refused-malformed = Druga stran je poslala nekaj nerazumljivega.
join-waits-for = Čaka se na: { $name }
found-title = Ustanovite partnerstvo
found-how = Samo če še ni partnerstva, ki bi se mu želeli pridružiti. Postali boste njegov prvi skrbnik.
found-name = Ime partnerstva
found-found = Ustanovi

## Čas dogodkov
moment-zone = čas: { $place }

## Ukazna vrstica
cli-no-federation = Še v nobenem partnerstvu: comin found IME ali comin join VABILO
cli-federation = { $n ->
    [one] Partnerstvo { $name }, { $n } partner
    [two] Partnerstvo { $name }, { $n } partnerja
    [few] Partnerstvo { $name }, { $n } partnerji
   *[other] Partnerstvo { $name }, { $n } partnerjev
}
cli-not-running = Vozlišče ne deluje: nič se ne izmenjuje. comin run
cli-exchange = Izmenjava: { $text }
cli-unsent = { $n ->
    [one] { $n } naša še ni na nobeni drugi napravi
    [two] { $n } naši še nista na nobeni drugi napravi
    [few] { $n } naše še niso na nobeni drugi napravi
   *[other] { $n } naših še ni na nobeni drugi napravi
}
cli-peer-lacks = manjka mu: { $what }
cli-peer-we-lack = manjka nam: { $what }
cli-peer-heard = zadnji stik { $when }
cli-peer-tried = zadnji poskus: { $what }
cli-needs-approval = { $n ->
    [one] { $n } novi partner čaka na potrditev: comin approvals
    [two] { $n } nova partnerja čakata na potrditev: comin approvals
    [few] { $n } novi partnerji čakajo na potrditev: comin approvals
   *[other] { $n } novih partnerjev čaka na potrditev: comin approvals
}
cli-needs-resume = Izmenjava je začasno ustavljena: comin sync resume
cli-joining = Pridružitev: { $stage }
cli-store-failed = Shramba je odpovedala: { $reason }. comin check
cli-fault = Napaka pri partnerju { $partner }: { $what }
cli-edit-waits = { $n ->
    [one] { $n } polje, ki ste ga vpisali, čaka
    [two] { $n } polji, ki ste ju vpisali, čakata
    [few] { $n } polja, ki ste jih vpisali, čakajo
   *[other] { $n } polj, ki ste jih vpisali, čaka
} na zapis { $record }: odšel je z drugo zgodovino kopirane naprave in se spet pokaže, ko ga bo partner te naprave znova imel. Tukaj ni nič izgubljeno.
cli-founded = Partnerstvo { $name } je ustanovljeno; ta partner je njegov prvi skrbnik.
cli-founded-next = Nato: comin invite "PARTNER" --country FR --file vabilo.txt
cli-ticket = Vabilo za: { $name }, velja do { $expires }
cli-ticket-hand-over = Predajte ga po poti, ki ji zaupate. Tam informatik zažene: comin join VABILO
cli-ticket-no-code = Vabilo je predolgo za kodo QR; predajte besedilo ali datoteko (--file).
cli-ticket-compare = Ko pokličejo, primerjajte kontrolno številko: comin approvals
cli-ticket-run = Da jih lahko sprejme, mora to vozlišče delovati: comin run
cli-ticket-cancelled = Vabilo je preklicano.
cli-no-tickets = Ni vabil.
cli-joined = Sprejeti ste v partnerstvo { $name }.
cli-join-dialling = Iskanje vozlišča partnerja, ki vas je povabil …
cli-join-tried = Iskanje vozlišča partnerja, ki vas je povabil; zadnji poskus: { $what }
cli-join-committed = Povezava je vzpostavljena; izmenjava ključev …
cli-join-waiting = Čakanje na potrditev.
cli-join-waiting-for = Potrditi mora: { $name }.
cli-join-read-out = Preberite jo partnerju, ki vas je povabil; oba morata videti isto.
cli-join-close = To lahko zaprete s Ctrl-C: vozlišče nadaljuje, ukaz »comin status« pa pove, kako daleč je.
cli-asks = { $name } ({ $country }) prosi za sprejem.
cli-asks-same = Enaka je na njihovem zaslonu: comin approvals approve { $id }
cli-asks-other = Drugačna je: comin approvals reject { $id }
cli-no-approvals = Nihče ne čaka na potrditev.
cli-proposed = Podpisano tukaj; čaka na podpise skrbnikov: { $names }
cli-proposed-next = V »comin approvals« ga vidijo kot { $id }; prenese ga vozlišče katerega koli člana.
cli-draft-lost = Večine ne more več dobiti. Umik: comin approvals reject { $id }
cli-draft-dormant = Poteka drug krog: zdaj tega nihče ne podpiše. ({ $id })
cli-draft-sign = Podpis: comin approvals approve { $id }
cli-draft-refuse = Zavrnitev: comin approvals reject { $id }
cli-draft-id = ({ $id })
cli-stewards-set = Skrbniki so določeni.
cli-steward-key = njegov ključ je bil zamenjan: comin stewards set
cli-no-stewards = Ni skrbnikov.
cli-stewards-decide = { $n ->
    [one] Skupaj odloča { $n } od { $count }.
    [two] Skupaj odločata { $n } od { $count }.
    [few] Skupaj odločajo { $n } od { $count }.
   *[other] Skupaj odloča { $n } od { $count }.
}
cli-partner-removed = Dokončno odstranjen. Kar ima, obdrži; ničesar več ne prejme.
cli-key-replaced = Ključ je zamenjan. Stari obnovitveni komplet ne velja več: uničite ga.
cli-key-kit = Nov obnovitveni komplet: { $file }. Natisnite ga, zaklenite in datoteko izbrišite.
cli-key-read-out = Preberite skrbnikom: { $key }
cli-unconfirmed = Ta naprava je bila obnovljena in za partnerstvo ne podpisuje ničesar, dokler vozlišča drugih skrbnikov (ali drugo vozlišče, če ta partner ni skrbnik) ne potrdijo, kaj je podpisala: comin sync --wait 60s. Če drugega vozlišča ni več: comin restore --alone
cli-restored-alone = Ta naprava spet podpisuje za partnerstvo.
cli-backup-written = Varnostna kopija je zapisana: { $file } ({ $kilobytes } kB).
cli-backup-secret = Vsebuje skrivni ključ te naprave: hranite jo enako varno kot napravo in ne samo na njenem disku.
cli-backup-sound = Varnostna kopija je brezhibna: { $name }, naprava { $device }, narejena { $time }, { $records ->
    [one] { $records } zapis
    [two] { $records } zapisa
    [few] { $records } zapisi
   *[other] { $records } zapisov
}.
cli-backup-restored = Obnovljeno: { $name }, naprava { $device }, stanje { $time }, { $records ->
    [one] { $records } zapis
    [two] { $records } zapisa
    [few] { $records } zapisi
   *[other] { $records } zapisov
}.
cli-backup-next = Nato: comin{ $place } run. Kar so drugi prejeli pozneje, se vrne od njih. Naprava, na kateri je kopija nastala, ne sme več delovati.
cli-backup-failed = Varnostne kopije ni mogoče zapisati: { $reason }
cli-backup-last = Zadnja varnostna kopija: { $time }, { $file }
partners-removed = odstranjen
cli-approved = Sprejet.
cli-rejected = Zavrnjen.
cli-this-partner = ta partner
cli-this-machine = ta naprava
cli-no-partners = Ni partnerjev.
cli-no-devices = Ni naprav.
cli-revoked = Naprava je preklicana. Kar je zapisala prej, ostane; kdor jo ima, obdrži, kar je na njej.
cli-revoked-tip = Kar podpiše za partnerstvo, velja, dokler preklica ne potrdi tudi ključ: comin devices revoke NAPRAVA --kit DATOTEKA. Če jo ima kdo drug, storite to takoj.
cli-revoked-machine = preklicana
cli-no-users = Prek pisarniškega omrežja se ne prijavlja nihče. Dodajte koga: comin users add IME --role admin
cli-restored-users = Prek pisarniškega omrežja se smejo prijaviti, kot ob nastanku varnostne kopije: { $names }. Kdor je bil odstranjen pozneje, je spet med njimi: comin users list
cli-user-removed = { $name }: uporabnik je odstranjen in odjavljen.
cli-user-password = Geslo za uporabnika { $name }, prikazano samo zdaj:
cli-tls-fingerprint = Prstni odtis SHA-256 overitelja vaše organizacije; primerjajte ga, preden mu brskalnik zaupa:
cli-tls-next-listen = V node.toml vpišite: [listen] office = ["{ $address }"], dodajte uporabnike (comin users add) in vozlišče znova zaženite.
cli-tls-next-start = Vozlišče znova zaženite. Brskalniki morajo zaupati novemu overitelju; starega tam izbrišite.
cli-no-registers = Ni registrov.
cli-register-made = Register { $name } je ustvarjen: { $id }
cli-writers-set = Določeno je, kdo piše.
cli-written-by-all = pišejo vsi
cli-written-by = pišejo: { $names }
cli-register-partner = partnerjev register
cli-register-internal = notranji register
cli-yours-to-write = vanj lahko pišete
cli-saved = Shranjeno: { $title } ({ $id }), register: { $register }
cli-added = Dodano: { $title } ({ $id }), register: { $register }
cli-removed = Označeno kot izbrisano: { $title } ({ $id }), register: { $register }
cli-restored = Spet na voljo: { $title } ({ $id }), register: { $register }
cli-to-decide = { $n ->
    [one] { $n } polje čaka na odločitev: comin conflicts
    [two] { $n } polji čakata na odločitev: comin conflicts
    [few] { $n } polja čakajo na odločitev: comin conflicts
   *[other] { $n } polj čaka na odločitev: comin conflicts
}
cli-nothing-found = Nič ni najdeno.
cli-figures-as-of = Stanje podatkov: { $day }
cli-figures-networks = mreže
cli-figures-organisations = organizacije
cli-figures-memberships = članstva
cli-figures-bridges = v več mrežah
cli-figures-events = dogodki
cli-figures-practices = prakse
cli-figures-interests = izrazi interesa
cli-figures-joined = nova članstva
cli-figures-members = članstva
cli-figures-countries = Država
cli-figures-levels = Raven
cli-figures-target_groups = Ciljna skupina
cli-figures-months = Mesec
cli-figures-total = Skupaj
cli-deleted = izbrisan
cli-in-register = Register: { $register }; vnos: { $partner }, { $time }; različica { $version }
cli-in-register-read-only = Register: { $register }, samo za branje; vnos: { $partner }, { $time }; različica { $version }
cli-registers-differ = Registri se razlikujejo v: { $fields }
cli-cleared = (odstranjeno)
cli-in-conflict = V navzkrižju: { $field }
cli-edited = spremenjeno { $field }: { $value }
cli-no-conflicts = Nič ni v navzkrižju.
cli-conflict-in = { $title }, register: { $register }
cli-decided = Odločeno.
cli-would-import = Predvideno: dodanih { $added }, spremenjenih { $changed }, nespremenjenih { $unchanged }.
cli-row-refused-whole = vrstica { $row }: { $reason }
cli-row-refused = vrstica { $row }, { $column }: { $reason }
cli-import-progress = zapisano: { $written } od { $total }
cli-imported = Uvoženo: dodanih { $added }, spremenjenih { $changed }, nespremenjenih { $unchanged }.
cli-row-would-add = vrstica { $row }: bi bila dodana
cli-row-would-change = vrstica { $row }: bi spremenila { $fields }
cli-import-columns = Stolpci: { $columns }
cli-import-not-taken = Stolpci, ki se ne prevzamejo: { $columns }
cli-import-key = Vrstice brez id se prepoznajo po: { $fields }
cli-import-absent = Zapisi registra, ki jih v datoteki ni in ostanejo, kot so: { $n }
cli-import-elsewhere = Vrstice zapisov iz drugih registrov, ki povedo, kar je že tam: { $n }
cli-import-ids-unknown = Vrstice z id, ki tukaj ni znan in zato ne šteje: { $n }
cli-import-emails-left = E-poštni naslovi, izpuščeni, ker so videti osebni: { $n }
cli-import-persons = Kontaktne osebe: dodanih { $added }, spremenjenih { $changed }, nespremenjenih { $unchanged }.
cli-import-persons-terms = Če jih želite prevzeti, dodajte --purpose, --legal-basis in --retain-until; sicer --without-persons
cli-import-positions = Lege krajev (GeoNames, CC BY 4.0): izpolnjenih { $filled }; neznanih ali brez države (--set country=IT) { $unknown }; z več kraji istega imena { $several }.
cli-import-duplicates = Te so morda že tukaj. Preverite; če so, popravite ime ali kraj v datoteki:
cli-row-duplicate = vrstica { $row }: { $title } ({ $id }), { $reason }
cli-record-absent = ni v datoteki: { $title } ({ $id })
cli-duplicate-identifier = ista uradna številka
cli-duplicate-website = ista spletna stran
cli-duplicate-name = podobno ime v istem kraju
cli-and-more = … in še { $n }
cli-sync-paused = Izmenjava je ustavljena, tudi po ponovnem zagonu. Urejate lahko naprej. Nadaljevanje: comin sync resume
cli-sync-resumed = Izmenjava se nadaljuje.
cli-sync-complete = Vsi imajo vse.
cli-sync-missing = Po { $n } s manjka: { $names }
cli-sync-asked = Vsi so vprašani; še ni popolno: { $names }
cli-check-good = Dokumenti: { $documents }, zapisi: { $records }, vnosi: { $entries }. Vse je nepoškodovano, strani pa berejo, kar pravijo dokumenti.
cli-check-size = { $live } kB živih podatkov zasede { $disk } kB na disku.
cli-config-good = { $file } je v redu.
cli-config-default = { $file } ne obstaja: veljajo privzete vrednosti.
cli-version = comin { $version }, oblika shrambe { $format }
cli-open-once = Povezava v desetih minutah enkrat prijavi en brskalnik.
doctor-identity = { $name } ({ $country }), mapa { $place }
doctor-key = ključ naprave je tukaj in drugim nedostopen
doctor-config = nastavitve so berljive
doctor-office = stran za pisarno je mogoče ponuditi: { $addresses }
doctor-store = shramba se odpre
doctor-running = vozlišče deluje
doctor-not-running = vozlišče ne deluje: nič se ne izmenjuje
doctor-paused = izmenjava je začasno ustavljena
doctor-no-federation = ta partner ni v nobenem partnerstvu
doctor-no-federation-remedy = comin found IME ali comin join VABILO
doctor-put-back = ta naprava je spet v prejšnjem stanju: bila je obnovljena, vrnjena na prejšnjo sliko ali kopirana; kar ji je manjkalo, pride od drugih
doctor-put-back-remedy = če je bilo to namerno, ni treba storiti ničesar; sicer ugotovite, kdo je to storil
doctor-own-fault-remedy = preglejte to napravo: ali je kopirana, ali je njen disk poln ali pokvarjen
doctor-fault-remedy = prosite informatika tega partnerja, naj pregleda svojo napravo
doctor-told = druga vozlišča vedo, da naj pridejo na { $addresses }
doctor-addresses = znani naslovi tega vozlišča: { $addresses }
doctor-no-address = še nobenega
doctor-port = zunaj pisarne je dosegljivo le, če usmerjevalnik vanj preusmeri vrata TCP { $port }; nato ta naslov vpišite v node.toml: [listen] external
doctor-peer-away = če ostane nedosegljiv: ali njegovo vozlišče deluje in ali so njegova vrata odprta? Tam: comin doctor

## Vrste
kind-network = Mreža
kind-organisation = Organizacija
kind-membership = Članstvo
kind-practice = Dobra praksa
kind-event = Dogodek
kind-interest = Izraz interesa
kind-programme = Program usposabljanja
kind-publication = Publikacija
kind-note = Opomba
kind-sameas = Isto kot
kind-proposal = Predlog
kinds-network = Mreže
kinds-organisation = Organizacije
kinds-practice = Dobre prakse
kinds-event = Dogodki

## Polja
field-a = En zapis
field-about = Nanaša se na
field-accepted_proposals = Sprejeti predlogi
field-activities = Dejavnosti
field-address = Naslov
field-attendance = Udeleženci
field-b = Drugi zapis
field-challenges = Izzivi
field-changes = Predlagane vrednosti
field-city = Kraj
field-content = Vsebina
field-contribution = Prispevek
field-coordinators = Koordinatorji
field-country = Država
field-declined_proposals = Zavrnjeni predlogi
field-deleted = Izbrisan
field-description = Opis
field-email = E-pošta
field-evidence = Dokazi uspešnosti
field-sameas-evidence = Kaj govori za to
field-hours = Ure
field-identifiers = Uradne številke
field-implementing_organisation = Izvajalka
field-languages = Jeziki
field-last_verified = Zadnje preverjanje
field-levels = Ravni
field-links = Povezave
field-modules = Moduli
field-motivation = Motivacija
field-name = Ime
field-network = Mreža
field-networks = Mreže
field-nuts = Koda NUTS
field-organisation = Organizacija
field-organisations = Sodelujoče organizacije
field-organiser = Organizator
field-origin_event = Izvorni dogodek
field-original_language = Izvirni jezik
field-other_names = Druga imena
field-phone = Telefon
field-place = Prizorišče
field-position = Lega
field-practices = Predstavljene dobre prakse
field-programme = Program
field-reason = Razlog
field-register = Register
field-resources = Viri
field-role = Vloga
field-schema = Različica sheme
field-sha256 = Kontrolna vsota (SHA-256)
field-since = Od
field-state = Stanje
field-strategy = Strategija
field-summary = Povzetek
field-target_groups = Ciljne skupine
field-text = Besedilo
field-title = Naslov
field-transfer = Prenosljivost
field-transitions = Koraki
field-type = Vrsta
field-until = Do
field-url = Spletni naslov
field-visibility = Vidnost
field-vision = Vizija
field-website = Spletna stran
field-when = Kdaj

## Države partnerstva
country-si = Slovenija
country-it = Italija
country-fr = Francija

cli-person-added = Dodano: { $id }
cli-person-saved = Shranjeno: { $id }
cli-person-shared = Shranjeno je, kdo odslej bere podatke te osebe. Kdor jih ne sme več, jih ob naslednji izmenjavi odstrani.
cli-person-due-soon = rok hrambe se kmalu izteče
cli-person-due-over = rok hrambe je potekel: trajno jo izbriše vozlišče upravljavca
cli-person-due-ask = rok hrambe je potekel že davno: trajno jo izbrišite ali spremenite datum (ali ura te naprave kaže prav?)
cli-person-not-erased = Trajnega izbrisa te osebe ni zahteval nihče.
cli-person-erased = Trajno izbrisana na napravah: { $k } od { $n }; partnerji: { $m }.
cli-person-missing = Še ne: { $name }, zadnji stik { $time }
cli-person-missing-unheard = Še ne: { $name }, od tukaj še brez stika
cli-person-waits = Tukaj čaka: drug partner je zahteval več trajnih izbrisov, kot se jih izvede takoj. Soglasje: comin person erase { $id } --reason request
cli-person-files = Podatki osebe so v teh datotekah, ki jih morate odstraniti sami:
cli-person-written = Zapisano: { $file }
kind-person = Oseba
field-given_name = Ime
field-family_name = Priimek
field-purpose = Namen
field-legal_basis = Pravna podlaga
field-informed_on = Obveščena dne
field-retain_until = Hraniti do
field-language = Jezik

## Izvozi
cli-no-calendars = Dogodkov ne bere noben koledar. Naslov zanj ustvarite z: comin calendars add IME
cli-calendar-all = vse, kar bere to vozlišče
cli-calendar-public = kar je javno
cli-calendar-address = Naslov za { $name }, prikazan samo zdaj. Kdor ga ima, bere dogodke:
cli-calendar-path = Dokler vozlišče deluje, za njegovim naslovom: { $path }
cli-calendar-removed = { $name }: koledar je odstranjen; njegov naslov ne odpre ničesar več.
cli-search-more = … in še { $n }: vpišite več besed ali --limit N
calendar-name = Dogodki COM-IN
export-column-id = Id
export-column-register = Register
export-column-title = ime
export-column-start = začetek
export-column-end = konec

# Delo z zapisi
reference-not-received = še ni prejet
reference-not-shared = ni deljen z vami
reference-deleted = izbrisan
reference-erased = trajno izbrisan
record-absent = Omenjeno, a tukaj ni vidno
record-linked = Kaj vodi sem
record-merged = Skupaj z
record-stale-translation = starejše od izvirnika
proposal-open = čaka na odločitev
proposal-accepted = sprejet
proposal-declined = zavrnjen
proposal-withdrawn = umaknjen
same-identifier = ista uradna številka: { $value }
same-website = ista spletna stran: { $value }
same-name = podobno ime v kraju { $value }
news-added = dodan
news-changed = spremenjen
news-deleted = izbrisan
problem-no-way = Iz tega stanja takega koraka ni.
problem-already = V tem stanju je že.
problem-decided = O tem je že odločeno.
cli-advanced = { $title }: { $status }
cli-membership = Članstvo velja: comin membership show { $id }
cli-interest-recorded = { $n ->
    [one] Zabeležen je { $n } izraz interesa.
    [two] Zabeležena sta { $n } izraza interesa.
    [few] Zabeleženi so { $n } izrazi interesa.
   *[other] Zabeleženih je { $n } izrazov interesa.
}
cli-proposed-change = Predlog je oddan kot { $id }; kdor vodi zapis, ga vidi v »comin proposals«.
cli-no-proposals = Noben predlog ne čaka na odločitev.
cli-proposal = { $title }, predlagal { $partner } dne { $time }: { $state }
cli-proposal-value = { $field }: { $now } → { $then }
cli-proposal-decide = comin proposals accept { $id } ali comin proposals decline { $id }
cli-proposal-decided = Predlog je { $state }.
cli-no-suggestions = Ni organizacij, ki bi bile videti kot ena in ista.
cli-suggestion = { $a } ({ $first }) in { $b } ({ $second })
cli-suggestion-decide = comin sameas confirm { $id } ali comin sameas refuse { $id }
cli-same-set = { $title }: { $state }
cli-no-stale = { $months ->
    [1] Vse je bilo preverjeno v zadnjem mesecu.
    [two] Vse je bilo preverjeno v zadnjih { $months } mesecih.
    [few] Vse je bilo preverjeno v zadnjih { $months } mesecih.
   *[other] Vse je bilo preverjeno v zadnjih { $months } mesecih.
}
cli-stale-verify = Še velja? comin KIND edit ID --set last_verified={ $today }
cli-never-verified = nikoli preverjen
cli-no-news = Od { $since } se ni nič spremenilo.
cli-news-of = { $partner }, { $kind }: dodanih { $added }, spremenjenih { $changed }, izbrisanih { $deleted }
cli-linked = Kaj vodi sem
cli-absent = Omenjeno, a tukaj ni vidno
cli-merged = Skupaj z
record-claimed = Navedeno: v registru svoje mreže ni vpisano.
partner-state-elsewhere = V drugem partnerstvu
carried-over = { $founder } je ustanovil partnerstvo »{ $name }«, ki nadaljuje to partnerstvo.
carried-over-title = Novo partnerstvo nadaljuje to
carried-over-how = Nekdo meni, da skrbniki ne bodo mogli nikoli več odločati. Pokličite partnerje in se dogovorite za eno partnerstvo. Vsi podatki ostanejo, ne glede na izbiro; dokler nista oba v istem partnerstvu, se nič ne izmenja.
carried-over-without-us = Tega partnerja še nima: ustanovitelj mora najprej podpisati vaš sprejem. Povežite napravi in ga prosite za to.
carried-over-left = Ne prenese se, če tega ne podpišejo njegovi skrbniki:
carried-over-go = Prestopi
carried-over-stay = Ostani tu
cli-carried-over-next = Vse, kar je veljalo, je preneseno. Drugi partnerji bodo vprašani, ko se povežejo: comin approvals
cli-carried-over-go = Za prestop, na vsaki od vaših naprav: comin approvals approve { $id }
cli-carried-over-stay = Da ostanete: comin approvals reject { $id }
cli-further-asks = To predajte napravi svoje organizacije s pravico admin; tam: comin devices add ZAHTEVA --file DATOTEKA
cli-further-then = Nato tukaj: comin --data-dir { $dir } init --further --certified DATOTEKA
cli-further-done = { $device } je zdaj naprava partnerja { $name }.
cli-further-join = Da sreča druge, potrebuje vabilo: comin --data-dir { $dir } run, in v drugem oknu: comin --data-dir { $dir } join VABILO
cli-certified = { $name } je potrjena kot naprava vaše organizacije:
cli-certified-next = To predajte novi napravi, skupaj z vabilom katerega koli člana: comin init --further --certified DATOTEKA, nato comin join VABILO. Na nobeni drugi napravi ne odpre ničesar.
