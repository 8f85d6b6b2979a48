# Pregled v slovenščini. Every language has the same keys and arguments; a test holds them to it.

## The document
survey-title = Mreže partnerstva COM-IN
survey-subtitle = Pregled mrež, ki težje zaposljive osebe vključujejo v delo in življenje skupnosti
survey-as-of = Stanje podatkov: { $day }
survey-public = Samo podatki, označeni kot javni
survey-partners = Partnerji
survey-contents = Vsebina
survey-nothing = Tu še ni nobenih podatkov.
survey-in-language = besedilo v jeziku: { $language }
language-it = italijanščina
language-sl = slovenščina
language-fr = francoščina
language-en = angleščina
survey-made = Sestavila so ga vozlišča partnerjev iz podatkov, ki si jih delijo; nič ni dodano ročno.

## Vision
vision-title = Skupna vizija in strategija
vision-vision = Vizija
vision-strategy = Strategija
vision-contribution = Prispevek
vision-kept = Iz zapisa mreže »{ $name }«.
vision-see = Njena vizija in strategija sta na začetku dokumenta: »{ $title }«.
vision-none = Partnerstvo še ni zapisalo skupne vizije in strategije. Hranita se v zapisu mednarodne mreže.

## Freshness
fresh-title = Stanje podatkov po partnerjih
fresh-lead = Pregled kaže, kar je hranilo vozlišče, ki ga je sestavilo. Kar je partner vnesel po zadnjem stiku, ni zajeto.
fresh-partner = Partner
fresh-records = Zapisi
fresh-newest = Zadnja prejeta sprememba
fresh-heard = Zadnji stik
fresh-missing = Znano manjkajoče
fresh-own = je sestavil pregled
fresh-never = nikoli
fresh-nothing-missing = nič
fresh-changes = { $n ->
     [one] { $n } sprememba
     [two] { $n } spremembi
     [few] { $n } spremembe
    *[other] { $n } sprememb
}

## Figures
figures-title = Partnerstvo v številkah
figures-lead = Organizacija šteje enkrat, ne glede na to, v koliko mrežah je. Članstva so tista, ki veljajo na dan podatkov. Odpovedani dogodki in neobjavljene prakse niso zajeti.
figures-networks = Mreže
figures-organisations = Organizacije
figures-memberships = Članstva
figures-bridges = V več mrežah
figures-events = Dogodki
figures-practices = Dobre prakse
figures-by-country = Po državah
figures-by-level = Po ravneh mreže
figures-by-group = Po ciljnih skupinah
figures-by-type = Po vrstah dogodkov
figures-attendance = Udeleženci
figures-over-time = Skozi čas
figures-month = Mesec
figures-interests = Izrazi interesa
figures-joined = Nova članstva
figures-members = Članstva ob koncu
figures-undated = Članstva brez znanega začetka niso v nobenem mesecu: { $n }.
figures-country = Država
figures-level = Raven
figures-group = Ciljna skupina
figures-type = Vrsta
figures-total = Skupaj
figures-overlap = Zapis z več skupinami ali ravnmi šteje pri vsaki.
figures-chart = Dogodki po mesecih

## Pictures
pictures-title = Slike
pictures-same = Isto je v tabelah »{ $first }« in »{ $second }«.
pictures-same-one = Isto je v tabeli »{ $table }«.
graph-title = Organizacije in mreže
graph-subtitle = Organizacije istih mrež so v skupnem okvirju.
graph-networks = { $n ->
     [one] { $n } mreža.
     [two] { $n } mreži.
     [few] { $n } mreže.
    *[other] { $n } mrež.
}
graph-organisations = { $n ->
     [one] { $n } organizacija.
     [two] { $n } organizaciji.
     [few] { $n } organizacije.
    *[other] { $n } organizacij.
}
graph-bridges = V več mrežah: { $n }.
graph-table = Isto je v tabelah ob sliki.
graph-tags-only = Pri več kot { $n } organizacijah so tu poimenovane le tiste iz več mrež.
graph-counts-only = Pri več kot { $n } organizacijah slika kaže mreže in število skupnih organizacij.
graph-alone = V nobeni mreži in neprikazanih: { $n }.
graph-left-out = V manjših skupinah in neprikazanih: { $n }.
graph-networks-left-out = Manjše mreže, ki niso prikazane: { $n }.
graph-sign-network = Mreža
graph-sign-one = Organizacije ene mreže
graph-sign-bridge = Mostovi: organizacije več mrež
graph-sign-line = Debelejša črta, več organizacij
mark-none = ni navedeno
map-title = Kje so organizacije
map-subtitle = Znak za vsak kraj; število pove, koliko organizacij je tam.
map-organisations = { $n ->
     [one] { $n } organizacija.
     [two] { $n } organizaciji.
     [few] { $n } organizacije.
    *[other] { $n } organizacij.
}
map-places = Kraji: { $n }.
map-count = { $n }
map-without-place = Brez kraja na tej karti: { $n }. So v tabeli.
map-table = Isto je v tabeli ob sliki.
map-sign = Znak, ki se je umaknil, je s črto povezan s svojim krajem. Mnogi kraji so natančni le do mesta.
map-source = Obale in meje: Natural Earth (javna last).

## Networks
networks-title = Mreže
network-level = Raven
network-since = Od
network-groups = Ciljne skupine
network-coordinators = Koordinatorji
network-links = Povezave
network-members = Člani
network-events = Dogodki
network-practices = Dobre prakse
network-programmes = Programi usposabljanja
network-claimed = navedeno v drugem registru
network-others = Prakse in dogodki brez mreže
member-name = Organizacija
member-place = Kraj
member-role = Vloga
member-since = Od
event-when = Kdaj
event-what = Kaj
event-where = Kje
event-attendance = Udeleženci
event-state = Stanje
event-no-date = brez datuma
modules = { $n ->
     [one] { $n } modul
     [two] { $n } modula
     [few] { $n } moduli
    *[other] { $n } modulov
}
hours = { $n ->
     [one] { $n } ura
     [two] { $n } uri
     [few] { $n } ure
    *[other] { $n } ur
}

## Ways in
ways-title = Kako so se organizacije pridružile
ways-lead = Od dogodka prek izraza interesa do članstva.
ways-interests = Izrazi interesa
ways-from-event = od tega po dogodku
ways-members = od tega zdaj člani
ways-others = Člani brez zabeleženega izraza interesa
ways-event = Dogodek
ways-received = Interes prejet
ways-state = Stanje
ways-member = Član od
ways-member-undated = da, dan ni naveden
ways-network = Mreža
ways-no-event = ni zabeležen

## Calendar
calendar-title = Koledar dogodkov

## Contacts
contacts-title = Stiki
contacts-lead = Naslovi služb, kot jih navajajo zapisi organizacij; brez osebnih stikov.
contacts-coordinators = Koordinatorji mrež
contact-email = E-pošta
contact-phone = Telefon
contact-website = Spletna stran

## Tables
tables-title = Slike v obliki tabel
table-networks = Tabela mrež
table-organisations = Tabela organizacij
table-position = Lega na karti
table-shared = Skupne organizacije (mreža: koliko)
table-numbers = Mreže (po številki)
country-none = država ni navedena
country-SI = Slovenija
country-IT = Italija
country-FR = Francija
country-AT = Avstrija
country-HR = Hrvaška
country-HU = Madžarska
country-CH = Švica
country-DE = Nemčija
country-ES = Španija
country-BE = Belgija
country-PT = Portugalska
country-GR = Grčija
country-MT = Malta
country-RS = Srbija
country-BA = Bosna in Hercegovina
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
