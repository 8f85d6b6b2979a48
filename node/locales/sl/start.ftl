# The first run, settings and diagnosis in Slovene.

## Frame
menu-registers = Registri
menu-work = Naloge
menu-pictures = Slike in pregled
menu-node = To vozlišče
menu-people = Kontaktne osebe
menu-interests = Izrazi interesa
menu-programmes = Programi usposabljanja
menu-publications = Publikacije
menu-proposals = Predlogi
menu-translations = Prevodi, ki manjkajo
menu-stale = Dolgo nepreverjeno
menu-sameas = Možni dvojniki
menu-import = Uvoz
menu-map = Zemljevid
menu-graph = Slika mreže
menu-calendar = Koledar
menu-survey = Pregled mrež
menu-export = Izvoz
menu-partners = Partnerji
menu-devices = Naprave
menu-writers = Registri in kdo jih piše
menu-settings = Nastavitve
menu-backup = Varnostna kopija
menu-diagnose = Diagnostika
menu-accessibility = Dostopnost
menu-privacy = Zasebnost
search-label = Išči povsod
search-go = Išči

## First run
cli-first-run = Ta naprava še ni nastavljena. Odprite to stran; povezava velja enkrat, deset minut (novo da ukaz comin open): { $url }
start-title = Nastavitev te naprave
start-lead = Vaši podatki ostanejo na tej napravi. Delate lahko brez povezave, s partnerji pa jih izmenjate, kadar želite.
start-step-who = Kdo ste
start-step-kit = Obnovitveni komplet
start-step-node = Začetek
start-name = Ime vaše organizacije
start-name-hint = Tako, kot ga poznajo drugi partnerji.
start-name-wrong = Ime manjka ali je predolgo. Napišite ga v eni vrstici.
start-country-choose = Izberite
start-country-other = Druga država
start-country-code = Koda države
start-country-wrong = Izberite državo ali napišite njeni dve črki.
start-language = Jezik
start-language-hint = Za to napravo; vsak ga lahko zamenja na vsaki strani.
start-device = Ime te naprave
start-device-hint = Da partnerji ločijo vaše naprave, na primer »pisarna«.
start-device-wrong = Naprava potrebuje ime v eni vrstici.
start-go-kit = Naprej k obnovitvenemu kompletu
start-recover = Obnovitveni komplet že imamo: še ena naprava ali nova po izgubi
start-recover-how = S kompletom ta naprava pripada vaši organizaciji. Da najde druge, potrebuje še vabilo, ki ga naredi druga vaša naprava ali drug partner.
start-recover-kit = Besedilo obnovitvenega kompleta
start-recover-hint = Prilepite celotno besedilo; vrstice, ki se začnejo z #, niso pomembne.
start-recover-go = Nastavi s kompletom
start-further = Ena naša naprava že deluje
start-further-how = Če tam dela nekdo s pravico upravljanja naprav, ta naprava ne potrebuje obnovitvenega kompleta: zaprosi, druga pa jo potrdi.
start-further-ask = Naredi prošnjo
start-further-title = Ta naprava prosi za potrdilo
start-further-lead = »{ $device }« postane naprava vaše organizacije, ko jo potrdi druga vaša naprava.
start-further-carry = Prenesite to prošnjo na drugo napravo, na ključku ali po e-pošti: v njej ni skrivnosti.
start-further-there = Tam jo nekdo prilepi pod »Naprave«, izbere, kaj sme ta naprava, in naredi potrdilo.
start-further-back = Potrdilo prilepite spodaj. Prošnja velja naprej; napravo lahko vmes izklopite.
start-further-save = Shrani prošnjo v datoteko
start-certificate = Potrdilo
start-certificate-hint = Celotno besedilo, ki ga pokaže druga naprava.
start-certificate-file = Ali izberite njegovo datoteko
start-certificate-wrong = To ni potrdilo ali ni celo; nič ni bilo nastavljeno. Kopirajte ga znova od začetka do konca.
start-certificate-other = To potrdilo je za drugo napravo ali za prejšnjo prošnjo; nič ni bilo nastavljeno. Na drugo napravo prenesite zgornjo prošnjo.
start-further-go = Nastavi s potrdilom
start-further-forget-how = Bi radi kaj drugega? Potem potrdilo za to prošnjo ne velja več.
start-further-forget = Začni znova
start-kit-title = Obnovitveni komplet: { $name }
start-kit-lead = Komplet vsebuje skrivni ključ vaše organizacije. Na disku te naprave še ni ničesar: najprej shranite komplet na varno.
start-kit-why = Potrebujete ga, če izgubite zadnjo napravo. Nihče drug nima kopije in nihče vam ne more narediti nove.
start-kit-print = Prenesite ga, natisnite in papir zaklenite ali pa datoteko hranite na ključku v sefu.
start-kit-two = Dve osebi v vaši organizaciji naj vesta, kje je.
start-kit-not = Ne pošiljajte ga po e-pošti, preneseno datoteko pa nato izbrišite: kdor ima komplet, lahko nastopa kot vaša organizacija.
start-kit-download = Prenesi komplet
start-kit-back = Spremeni ime ali državo
start-kit-show = Pokaži besedilo kompleta
start-kit-write = Ali pa ga zapišite v datoteko na tej napravi, na primer na ključek
start-kit-path = Datoteka
start-kit-path-hint = Celotna pot, na primer /media/stick/kit.txt, na ključku ali disku, ki ostane. Biti mora zunaj mape vozlišča; nobena datoteka se ne prepiše. Vozlišče, ki teče kot storitev, lahko piše le na nekaj mest; prenos kompleta deluje vedno.
start-kit-write-go = Zapiši datoteko
start-kit-written = Zapisano: { $file }
start-kit-inside = Tam bi izgubljen disk vzel vozlišče in komplet hkrati. Navedite drugo mesto, na primer ključek.
start-kit-relative = Navedite celotno pot, od / naprej: kam vodi krajša, je odvisno od tega, kako je bilo vozlišče zagnano.
start-kit-passes = Kar je tam, po ponovnem zagonu izgine. Navedite mesto na ključku ali disku ali pa komplet prenesite.
start-kit-place = Tega mesta ni mogoče uporabiti. Navedite novo datoteko v mapi, ki obstaja.
start-kit-kept = Komplet je na varnem, zunaj te naprave
start-kit-not-kept = Potrdite, da je komplet na varnem. Brez njega vam po izgubi nihče ne more pomagati.
start-kit-other = To je drug komplet, ne tisti, ki ste ga shranili: drugo ime ali drugo okno je ustvarilo novega. Shranite tega.
start-go = Nastavi to napravo
start-failed = Ni uspelo; nič ni bilo nastavljeno. Poskusite znova ali pokažite svojim informatikom:
start-goes-on = Vaše vozlišče se zaganja …
start-next = Kako želite začeti?
start-alone = Za zdaj delati sami
start-alone-how = Vnesite organizacije in mreže ali uvozite preglednico. Vse ostane vaše in gre z vami, če se pridružite pozneje.
start-join = Pridružiti se z vabilom
start-join-how = Partner vam je poslal vabilo. Nato po telefonu primerjata številko.
start-found = Ustanoviti partnerstvo
start-found-how = Samo če še ni nobenega, ki bi se mu želeli pridružiti. Druge povabite vi.

## Exchange in words
exchange-more = Vse o izmenjavi
exchange-lead = Kaj je komu že prišlo, kaj še čaka in po kateri poti. Nič se ne izgubi, ko partnerja ni: ob naslednjem srečanju dobi vse.
exchange-unsent = { $n ->
    [0] Vse vaše je tudi na drugi napravi.
    [one] { $n } vaša sprememba je samo na tej napravi.
    [two] { $n } vaši spremembi sta samo na tej napravi.
    [few] { $n } vaše spremembe so samo na tej napravi.
   *[other] { $n } vaših sprememb je samo na tej napravi.
}
exchange-col-equal = Zadnja popolna izmenjava
exchange-col-machines = Naprave

## Partners, stewards, machines
partners-col-act = Dejanje
ticket-file = Shrani vabilo v datoteko
join-file = Ali izberite datoteko z vabilom
removal-ask = Odstrani …
removal-title = Želite iz partnerstva odstraniti: { $name }?
removal-ever = To je za vedno: isti ključ ni nikoli več sprejet. Za vrnitev partner potrebuje novega.
removal-keeps = Partner obdrži, kar je prejel, in ne dobi ničesar več.
removal-data = Kar je doslej napisal, ostane tu, za vse.
removal-yes = Za vedno odstrani: { $name }
decide-majority = { $n ->
    [1] Odloča že vaš podpis.
    [two] Velja, ko podpišeta { $n } skrbnika; do takrat čaka med odprtimi odločitvami.
    [few] Velja, ko podpišejo { $n } skrbniki; do takrat čaka med odprtimi odločitvami.
   *[other] Velja, ko podpiše { $n } skrbnikov; do takrat čaka med odprtimi odločitvami.
}
stewards-title = Skrbniki
stewards-now = { $count ->
    [one] Skrbnik je { $count } in odloča sam.
    [two] Skupaj odločata { $n } od { $count } skrbnikov.
    [few] Skupaj odloča { $n } od { $count } skrbnikov.
   *[other] Skupaj odloča { $n } od { $count } skrbnikov.
}
stewards-change = Spremeni skrbnike
stewards-choose = Kdo naj bo odslej skrbnik
stewards-odd = Eden, trije, pet, sedem ali devet, da je večina vedno mogoča.
stewards-go = Naprej
stewards-confirm = Želite spremeniti skrbnike?
stewards-then = Odslej o sprejemu in odstranitvi odločajo: { $names }.
stewards-only = Kdor ni med njimi, ne odloča več. Če večina izgubi ključe, partnerstvo ne more odločati, dokler ni ustanovljeno znova.
stewards-yes = Določi te skrbnike
carry-over-when = Skrbniki ne morejo nikoli več odločati?
carry-over-only = To je le za primer, ko skrbniki ne morejo biti nikoli več večina, ker so njihove naprave in obnovitveni kompleti izgubljeni. Najprej pokličite druge partnerje in se dogovorite, kdo bo to storil.
carry-over-name = Ime partnerstva, ki nadaljuje to
carry-over-next = Poglejte, kaj sledi
carry-over-title = Želite nadaljevati to partnerstvo kot »{ $name }«?
carry-over-stays = Vsi podatki ostanejo in vse, kar je veljalo, se prenese: partnerji, registri in kdo vanje piše. Postanete edini skrbnik in lahko nato določite še druge.
carry-over-asked = Vsak od teh bo vprašan, ali prestopi, in odloči sam zase: { $names }
carry-over-apart = Dokler partner ne prestopi, se z njim nič ne izmenja. Kar medtem zapiše, pride z njim.
carry-over-yes = Ustanovi »{ $name }«
devices-lead = Vsaka naprava vaše organizacije ima svoj ključ. Kdor napravo izgubi, jo prekliče tukaj ali z obnovitvenim kompletom.
devices-of = Naprave: { $name }
devices-col-name = Naprava
devices-col-key = Ključ
devices-col-rights = Sme
devices-col-act = Dejanje
devices-revoked = preklicana
devices-revoke = Prekliči …
devices-add = Dodaj napravo
devices-add-run = Na novi napravi namestite COM-IN in ga zaženite z »comin run«; odpre se prva stran.
devices-add-kit = Tam izberite »Obnovitveni komplet že imamo« in prilepite komplet svoje organizacije.
devices-add-ticket = Tu naredite vabilo in ga na novi napravi prilepite pod »Partnerji«.
devices-add-number = Primerjajte kontrolno številko na obeh zaslonih in jo tu potrdite.
devices-ticket = Naredi vabilo za svojo napravo
devices-add-ask = Tam izberite »Ena naša naprava že deluje«, prenesite prošnjo sem, jo potrdite in prenesite potrdilo nazaj.
devices-by-kit = Brez naprave, ki jo sme potrditi
devices-no-admin = Napravo potrdi administrator na napravi, ki sme upravljati naprave.
devices-certify = Potrdi novo napravo
devices-request = Njena prošnja
devices-request-hint = Celotno besedilo, ki ga pokaže nova naprava.
devices-rights = Kaj sme
devices-rights-hint = Vsaj eno. Ne dajte več, kot potrebuje: kdor jo ukrade, sme enako.
devices-certify-go = Naredi potrdilo
devices-certified = Potrdilo za »{ $name }«. Prenesite ga na novo napravo in ga tam prilepite; drugje ne odpre ničesar.
devices-certificate-file = Shrani potrdilo v datoteko
right-edit = pisati podatke
right-invite = vabiti
right-steward = podpisovati za partnerstvo
right-admin = upravljati naprave
revoke-title = Želite preklicati napravo { $name }?
revoke-ever = Tega ni mogoče razveljaviti: za vrnitev je treba napravo nastaviti znova.
revoke-keeps = Kar je doslej zapisala, ostane. Kdor jo ima, obdrži, kar je na njej.
revoke-kit = Če jo ima kdo drug, jo prekličite tudi s kompletom: comin devices revoke NAPRAVA --kit DATOTEKA
revoke-yes = Prekliči: { $name }
registers-lead = Podatki so v registrih. Vsak ima svoje pisce; kdor ne sme pisati, predlaga.
registers-list = Vsi registri
registers-col-name = Register
registers-col-writers = Piše
registers-col-readers = Bere
registers-col-records = Zapisi
registers-col-act = Dejanje
registers-shared = skupni register
registers-all = vsi partnerji
registers-own-machines = vaše naprave
registers-alone = Drugi pisci in registri, v katere piše več partnerjev, pridejo s partnerstvom.
registers-stewards = O skupnih registrih in o tem, kdo vanje piše, odločajo skrbniki.
registers-add = Nov skupni register
registers-name = Ime registra
registers-add-go = Ustvari register
registers-set = Pisci …
registers-writers = Kdo piše v »{ $name }«
registers-choose = Kdo vanj piše
registers-choose-all = Vsi partnerji, tudi tisti, ki še pridejo
registers-owner = { $name } piše v vsakem primeru; izberite, kdo še piše, ali nikogar.
registers-set-go = Določi pisce
registers-ask = Želite spremeniti, kdo piše v »{ $name }«?
registers-dropped = Vanj ne bodo več pisali: { $names }. Še naprej ga berejo in lahko predlagajo.
registers-stays = Kar so napisali doslej in je že prispelo sem, ostane. Kar napišejo pozneje ali so napisali in še niso poslali, ne sprejme nihče.
registers-yes = Določi te pisce

## Settings
settings-who = To vozlišče
settings-name = Organizacija
settings-machine = Naprava
settings-partnership = Partnerstvo
settings-place = Mapa s podatki
settings-file = Naslovi, jezik in varnostne kopije se nastavijo v node.toml v mapi s podatki; »comin config show« pove, kaj velja.
settings-users = Kdo se prijavlja po pisarniškem omrežju
settings-office = Pisarna se prijavi na
settings-office-none = Stran je odprta samo na tej napravi. Za pisarno jo odprete z: comin tls make, nato [listen] office v node.toml.
settings-users-none = Še nihče. Na tej napravi se z »comin open« prijavite brez gesla.
settings-col-name = Ime
settings-col-role = Vloga
settings-col-act = Dejanje
role-admin = Administrator: vse
role-editor = Urednik: podatki
settings-reset = Novo geslo
settings-remove = Odstrani
settings-add = Dodaj
settings-add-user = Dodaj osebo
settings-calendars = Koledarji, ki berejo dogodke
settings-calendars-how = Koledarski program se naroči na naslov, narejen tukaj. Kdor ima naslov, bere dogodke, dokler ga ne odstranite.
settings-add-calendar = Naredi naslov
settings-calendar-name = Za koga ali kaj
settings-calendar-public = Samo javno
backup-last = Zadnja varnostna kopija:
backup-file = Datoteka:
backup-none = To vozlišče samo ne piše varnostnih kopij ali je od zagona še ni zapisalo.
backup-make = Naredi kopijo zdaj
backup-make-how = Zapisana poleg kopij, ki jih vozlišče dela samo, namesto zadnje, narejene tukaj:
backup-failed = Zadnje varnostne kopije ni bilo mogoče zapisati:
backup-how = Kako jo naredite in kako se vrnete
backup-set = Naj jih vozlišče piše samo, na drug disk: v node.toml
backup-now = Ali naredite eno zdaj, na napravi vozlišča:
backup-back = Po izgubi, na novi napravi:
backup-secret = Kopija vsebuje skrivni ključ te naprave: hranite jo tako varno kot napravo. Kontaktne osebe so v njej zapečatene; ključi zanje so v datoteki poleg, ki jo zamenja vsaka kopija.
backup-kit = Obnovitveni komplet ni varnostna kopija: vrne vam identiteto, partnerji pa to, kar ste delili.
diagnose-lead = Kaj to vozlišče danes ve o svojem stanju in kaj pomaga.
diagnose-wrong = { $n ->
    [0] Vse je v redu
    [one] { $n } stvar je treba urediti
    [two] { $n } stvari je treba urediti
    [few] { $n } stvari je treba urediti
   *[other] { $n } stvari je treba urediti
}
diagnose-good = v redu
diagnose-bad = treba urediti
diagnose-open = za vednost
diagnose-outside = Od zunaj je vozlišče dosegljivo le, če mu usmerjevalnik posreduje njegova vrata; nato ta naslov navedite v node.toml: [listen] external
diagnose-documents = Kaj je shranjeno tukaj
diagnose-col-register = Register
diagnose-col-part = Del
diagnose-col-records = Zapisi
diagnose-col-changes = Spremembe
diagnose-it = Za vaše informatike
diagnose-commands = Na napravi vozlišča več povejo ti ukazi:

## Accessibility and privacy
access-what-title = Za kaj gre
access-what = Te strani so za vse, ki delajo z mrežami, tudi samo s tipkovnico, z bralnikom zaslona, z velikim besedilom ali na majhnem zaslonu.
access-standard = Sledijo smernicam WCAG 2.2, raven AA, na katerih temeljita EN 301 549 in evropska direktiva o dostopnosti javnih spletišč.
access-how-title = Kako se preverja
access-how-checked = Pred vsako različico axe-core v brskalniku pregleda vsako stran, svetlo in temno; vsaka stran mora biti tudi cela v oknu širine 320 pik in v oknu z dvakrat večjim besedilom.
access-keyboard = Vse deluje s tipkovnico: Tab gre naprej, Enter odpre, Esc zapre meni. Prva tipka na vsaki strani preskoči navigacijo.
access-zoom = Svetli in temni videz sledita vašemu sistemu, prav tako želja po manj gibanja in več kontrasta.
access-script = Brez JavaScripta deluje vse razen sprotnega osveževanja: takrat stran znova naložite, da vidite spremembe drugih.
access-print = Vsako stran je mogoče natisniti brez navigacije.
access-known-title = Kaj še ni popolno
access-known-pictures = Zemljevid in slika mreže sta risbi; poleg vsake je preglednica, ki pove isto.
access-known-data = Besedila, ki jih vnesejo partnerji, so njihova: lahko so v drugem jeziku, kar je označeno, ali brez prevoda.
access-tell-title = Sporočite nam
access-tell = Če vas kaj ovira, povejte tistemu, ki v vaši organizaciji skrbi za vozlišče, in projektu; ovira velja za napako.
privacy-what-title = Kateri podatki
privacy-what = Vozlišče hrani mreže, organizacije, prakse, dogodke in kar sodi zraven ter kontaktne osebe organizacij: ime, vlogo, službene kontaktne podatke, namen, pravno podlago in rok hrambe.
privacy-not = Nima podatkov o ljudeh, ki jim mreže pomagajo, in nobenih prilog.
privacy-where-title = Kje so in kdo jih bere
privacy-where = So na napravah partnerjev in nikjer drugje: ni osrednjega strežnika in ne računa pri tretjih. Izmenjava je šifrirana od naprave do naprave.
privacy-who = Vaš register berejo vsi partnerji, notranjega nihče drug, kontaktno osebo pa partnerji, ki jih navede njen upravljavec.
privacy-sealed = Kontaktne osebe so na disku zapečatene, vsaka s svojim ključem, in niso v javnih izvozih.
privacy-long-title = Kako dolgo
privacy-long = Vsaka kontaktna oseba ima datum, do katerega se hrani; ko mine, jo vozlišče upravljavca izbriše.
privacy-erase = Izbris potuje pred vsem drugim in velja na vsaki napravi, z zgodovino vred; vsaka da potrdilo. V varnostnih kopijah osebe ostanejo zapečatene brez ključa.
privacy-browser-title = Vaš brskalnik
privacy-cookies = Te strani nastavijo samo lastne piškotke: enega za prijavo, enega za jezik in enega, ki si zapomni, kdaj ste nazadnje pogledali novosti. Statistike ni.
privacy-nobody = Nič se ne nalaga od drugod: nihče ne izve, da odpirate to stran.
privacy-rights-title = Vaše pravice
privacy-rights = Kdor je vpisan kot kontaktna oseba, lahko organizacijo, ki ga je vpisala, prosi za kopijo, popravek ali izbris. To vozlišče naredi kopijo (comin person access) in izvede izbris.
