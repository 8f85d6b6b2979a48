# The first run, settings and diagnosis in Italian.

## Frame
menu-registers = Registri
menu-work = Da fare
menu-pictures = Viste e rapporto
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
menu-survey = Rapporto sulle reti
menu-export = Esporta
menu-partners = Partner
menu-devices = Macchine
menu-settings = Impostazioni
menu-backup = Copia di sicurezza
menu-diagnose = Diagnosi
menu-accessibility = Accessibilità
menu-privacy = Privacy e dati
search-label = Cerca in tutto
search-go = Cerca
