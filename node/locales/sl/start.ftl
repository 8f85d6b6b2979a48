# The first run, settings and diagnosis in Slovene.

## Frame
menu-registers = Registri
menu-work = Naloge
menu-pictures = Pregledi in raziskava
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
menu-survey = Raziskava o mrežah
menu-export = Izvoz
menu-partners = Partnerji
menu-devices = Naprave
menu-settings = Nastavitve
menu-backup = Varnostna kopija
menu-diagnose = Diagnostika
menu-accessibility = Dostopnost
menu-privacy = Zasebnost
search-label = Išči povsod
search-go = Išči
