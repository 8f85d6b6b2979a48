# The first run, settings and diagnosis in French.

## Frame
menu-registers = Registres
menu-work = À faire
menu-pictures = Vues et panorama
menu-node = Ce nœud
menu-people = Personnes de contact
menu-interests = Manifestations d’intérêt
menu-programmes = Programmes de formation
menu-publications = Publications
menu-proposals = Propositions
menu-translations = Traductions à faire
menu-stale = À vérifier
menu-sameas = Doublons possibles
menu-import = Importer
menu-map = Carte
menu-graph = Graphe du réseau
menu-calendar = Calendrier
menu-survey = Panorama des réseaux
menu-export = Exporter
menu-partners = Partenaires
menu-devices = Appareils
menu-settings = Paramètres
menu-backup = Sauvegarde
menu-diagnose = Diagnostic
menu-accessibility = Accessibilité
menu-privacy = Confidentialité
search-label = Rechercher partout
search-go = Rechercher

## First run
cli-first-run = Cet appareil n’est pas encore configuré. Ouvrez cette page ; le lien sert une seule fois, pendant dix minutes (comin open en donne un autre) : { $url }
start-title = Configurer cet appareil
start-lead = Vos données restent sur cet appareil. Vous pouvez travailler sans connexion et échanger avec les partenaires quand vous le voulez.
start-step-who = Qui vous êtes
start-step-kit = Kit de récupération
start-step-node = Démarrage
start-name = Nom de votre organisation
start-name-hint = Tel que les autres partenaires le connaissent.
start-name-wrong = Le nom manque ou est trop long. Écrivez-le sur une ligne.
start-country-choose = Choisissez
start-country-other = Un autre pays
start-country-code = Code du pays
start-country-wrong = Choisissez le pays ou écrivez ses deux lettres.
start-language = Langue
start-language-hint = Pour cet appareil ; chacun peut en changer sur chaque page.
start-device = Nom de cet appareil
start-device-hint = Pour que les partenaires distinguent vos appareils, par exemple « bureau ».
start-device-wrong = L’appareil a besoin d’un nom d’une ligne.
start-go-kit = Continuer vers le kit de récupération
start-recover = Nous avons déjà un kit de récupération : un appareil de plus, ou un nouveau après une perte
start-recover-how = Avec le kit, cet appareil appartient à votre organisation. Pour rejoindre les autres, il lui faut ensuite une invitation, faite par un autre de vos appareils ou par un autre partenaire.
start-recover-kit = Texte du kit de récupération
start-recover-hint = Collez tout le texte ; les lignes qui commencent par # ne comptent pas.
start-recover-go = Configurer avec le kit
start-kit-title = Le kit de récupération de { $name }
start-kit-lead = Le kit contient la clé secrète de votre organisation. Rien n’est encore sur le disque de cet appareil : mettez d’abord le kit en lieu sûr.
start-kit-why = Il sert quand votre dernier appareil est perdu. Personne d’autre n’en a de copie et personne ne peut vous en refaire une.
start-kit-print = Téléchargez-le, imprimez-le et mettez le papier sous clé, ou gardez le fichier sur une clé USB dans le coffre.
start-kit-two = Deux personnes de votre organisation devraient savoir où il se trouve.
start-kit-not = Ne l’envoyez pas par courriel et supprimez ensuite le fichier téléchargé : qui détient le kit peut agir au nom de votre organisation.
start-kit-download = Télécharger le kit
start-kit-back = Changer le nom ou le pays
start-kit-show = Afficher le texte du kit
start-kit-write = Ou l’écrire dans un fichier de cet appareil, par exemple sur une clé USB
start-kit-path = Fichier
start-kit-path-hint = Le chemin entier, comme /media/stick/kit.txt, sur une clé USB ou un disque qui reste. Il doit être hors du dossier du nœud et ne remplace jamais un fichier. Un nœud lancé comme service ne peut écrire qu’à peu d’endroits ; le téléchargement marche toujours.
start-kit-write-go = Écrire le fichier
start-kit-written = Écrit : { $file }
start-kit-inside = Là, un disque perdu emporterait à la fois le nœud et le kit. Indiquez un autre endroit, par exemple une clé USB.
start-kit-relative = Indiquez le chemin entier, depuis / : où mène un chemin plus court dépend de la façon dont le nœud a été lancé.
start-kit-passes = Ce qui s’y trouve disparaît au redémarrage. Indiquez un endroit sur une clé USB ou un disque, ou téléchargez le kit.
start-kit-place = Cet endroit ne convient pas. Indiquez un nouveau fichier dans un dossier qui existe.
start-kit-kept = Le kit est en lieu sûr, hors de cet appareil
start-kit-not-kept = Confirmez que le kit est en lieu sûr. Sans lui, personne ne peut vous aider après une perte.
start-kit-other = Ce kit n’est pas celui que vous avez gardé : un autre nom ou une autre fenêtre en a créé un nouveau. Gardez celui-ci.
start-go = Configurer cet appareil
start-failed = Cela n’a pas fonctionné ; rien n’a été configuré. Réessayez, ou montrez ceci à votre service informatique :
start-goes-on = Votre nœud démarre …
start-next = Comment voulez-vous commencer ?
start-alone = Travailler seul pour l’instant
start-alone-how = Saisissez des organisations et des réseaux, ou importez un tableur. Tout reste à vous et vous suit si vous rejoignez plus tard.
start-join = Rejoindre avec une invitation
start-join-how = Un partenaire vous a envoyé une invitation. Vous comparez ensuite un numéro au téléphone.
start-found = Fonder un partenariat
start-found-how = Seulement s’il n’y en a pas encore à rejoindre. Vous invitez les autres.

## Exchange in words
exchange-more = Tout sur l’échange
exchange-lead = Ce qui est arrivé à qui, ce qui attend encore et par quelle voie. Rien ne se perd pendant l’absence d’un partenaire : il reçoit tout à la prochaine rencontre.
exchange-unsent = { $n ->
    [0] Tout ce qui est à vous se trouve aussi sur un autre appareil.
    [one] { $n } de vos modifications n’est que sur cet appareil.
   *[other] { $n } de vos modifications ne sont que sur cet appareil.
}
exchange-col-equal = Dernier échange complet
exchange-col-machines = Appareils

## Partners, stewards, machines
partners-col-act = Action
ticket-file = Enregistrer l’invitation dans un fichier
join-file = Ou choisissez le fichier de l’invitation
removal-ask = Exclure …
removal-title = Exclure { $name } du partenariat ?
removal-ever = C’est définitif : la même clé n’est plus jamais admise. Pour revenir, le partenaire en a besoin d’une nouvelle.
removal-keeps = Le partenaire garde ce qu’il a reçu et ne reçoit plus rien.
removal-data = Ce qu’il a écrit jusqu’ici reste ici, pour tous.
removal-yes = Exclure { $name } définitivement
decide-majority = { $n ->
    [1] Votre signature suffit.
   *[other] La décision vaut quand { $n } garants ont signé ; d’ici là, elle attend parmi les décisions ouvertes.
}
stewards-title = Garants
stewards-now = { $count ->
    [one] Il y a { $count } garant, qui décide seul.
   *[other] { $n } garants sur { $count } décident ensemble.
}
stewards-change = Changer les garants
stewards-choose = Qui doit être garant désormais
stewards-odd = Un, trois, cinq, sept ou neuf, pour qu’il y ait toujours une majorité.
stewards-go = Continuer
stewards-confirm = Changer les garants ?
stewards-then = Dès lors, ce sont eux qui décident des admissions et des exclusions : { $names }.
stewards-only = Qui n’en est pas ne décide plus rien. Si la majorité perd ses clés, le partenariat ne peut plus décider avant d’être refondé.
stewards-yes = Établir ces garants
carry-over-when = Les garants ne pourront plus jamais décider ?
carry-over-only = C’est seulement pour des garants qui ne pourront plus jamais être une majorité, parce que leurs appareils et leurs kits de récupération sont perdus. Appelez d’abord les autres partenaires et convenez d’un seul qui le fait.
carry-over-name = Nom du partenariat qui reprend celui-ci
carry-over-next = Voir ce qui s’ensuit
carry-over-title = Reprendre ce partenariat sous le nom « { $name } » ?
carry-over-stays = Toutes les données restent, et tout ce qui valait est repris : partenaires, registres et qui les écrit. Vous devenez le seul garant et pouvez ensuite en nommer d’autres.
carry-over-asked = Chacun de ceux-ci sera interrogé et décide pour lui-même s’il y passe : { $names }
carry-over-apart = Tant qu’un partenaire n’y est pas passé, rien n’est échangé avec lui. Ce qu’il écrit entre-temps arrive avec lui.
carry-over-yes = Fonder « { $name } »
devices-lead = Chaque appareil de votre organisation a sa propre clé. Qui perd un appareil le révoque ici ou avec le kit de récupération.
devices-of = Appareils de { $name }
devices-col-name = Appareil
devices-col-key = Clé
devices-col-rights = Peut
devices-col-act = Action
devices-revoked = révoquée
devices-revoke = Révoquer …
devices-add = Ajouter un appareil
devices-add-run = Installez COM-IN sur le nouvel appareil et lancez « comin run » ; la première page s’ouvre.
devices-add-kit = Choisissez-y « Nous avons déjà un kit de récupération » et collez le kit de votre organisation.
devices-add-ticket = Faites ici une invitation et collez-la sur le nouvel appareil sous « Partenaires ».
devices-add-number = Comparez le numéro de contrôle sur les deux écrans et approuvez-le ici.
devices-ticket = Faire une invitation pour votre propre appareil
right-edit = écrire des données
right-invite = inviter
right-steward = signer pour le partenariat
right-admin = gérer les appareils
revoke-title = Révoquer l’appareil { $name } ?
revoke-ever = C’est irréversible : pour revenir, l’appareil doit être configuré à nouveau.
revoke-keeps = Ce qu’il a écrit jusqu’ici reste. Qui a l’appareil garde ce qu’il contient.
revoke-kit = Si quelqu’un d’autre l’a, révoquez-le aussi avec le kit : comin devices revoke APPAREIL --kit FICHIER
revoke-yes = Révoquer { $name }

## Settings
settings-who = Ce nœud
settings-name = Organisation
settings-machine = Appareil
settings-partnership = Partenariat
settings-place = Dossier des données
settings-file = Adresses, langue et sauvegardes se règlent dans node.toml, dans le dossier des données ; « comin config show » dit ce qui est en vigueur.
settings-users = Qui se connecte par le réseau du bureau
settings-office = Le bureau se connecte à
settings-office-none = La page n’est ouverte que sur cet appareil. Pour l’ouvrir au bureau : comin tls make, puis [listen] office dans node.toml.
settings-users-none = Personne encore. Sur cet appareil, « comin open » connecte sans mot de passe.
settings-col-name = Nom
settings-col-role = Rôle
settings-col-act = Action
role-admin = Administrateur : tout
role-editor = Rédacteur : les données
settings-reset = Nouveau mot de passe
settings-remove = Retirer
settings-add = Ajouter
settings-add-user = Ajouter quelqu’un
settings-calendars = Agendas qui lisent les événements
settings-calendars-how = Un agenda s’abonne à une adresse faite ici. Qui a l’adresse lit les événements, jusqu’à ce que vous la retiriez.
settings-add-calendar = Créer une adresse
settings-calendar-name = Pour qui ou pour quoi
settings-calendar-public = Seulement ce qui est public
backup-last = Dernière sauvegarde :
backup-file = Fichier :
backup-none = Ce nœud n’écrit pas de sauvegarde de lui-même, ou n’en a pas écrit depuis son démarrage.
backup-failed = La dernière sauvegarde n’a pas pu être écrite :
backup-how = Comment en faire une, et comment revenir
backup-set = Laissez le nœud les écrire lui-même, sur un autre disque : dans node.toml
backup-now = Ou en faire une maintenant, sur l’appareil du nœud :
backup-back = Après une perte, sur le nouvel appareil :
backup-secret = La sauvegarde contient la clé secrète de cet appareil : gardez-la aussi sûrement que l’appareil. Les personnes de contact y sont scellées ; les clés qui les ouvrent sont dans un fichier à côté, que chaque sauvegarde remplace.
backup-kit = Le kit de récupération n’est pas une sauvegarde : il rend votre identité, et les partenaires rendent ce que vous aviez partagé.
diagnose-lead = Ce que ce nœud sait aujourd’hui de son état, et ce qui aide.
diagnose-wrong = { $n ->
    [0] Tout va bien
    [one] { $n } point à régler
   *[other] { $n } points à régler
}
diagnose-good = bien
diagnose-bad = à régler
diagnose-open = à savoir
diagnose-outside = De l’extérieur, ce nœud n’est joignable que si un routeur lui transmet son port ; indiquez alors cette adresse dans node.toml : [listen] external
diagnose-documents = Ce qui est conservé ici
diagnose-col-register = Registre
diagnose-col-part = Partie
diagnose-col-records = Fiches
diagnose-col-changes = Modifications
diagnose-it = Pour votre service informatique
diagnose-commands = Sur l’appareil du nœud, ces commandes en disent plus :

## Accessibility and privacy
access-what-title = De quoi il s’agit
access-what = Ces pages sont faites pour tous ceux qui travaillent avec les réseaux, aussi au clavier seul, avec un lecteur d’écran, un grand texte ou un petit écran.
access-standard = Elles visent les règles WCAG 2.2, niveau AA, sur lesquelles reposent EN 301 549 et la directive européenne sur l’accessibilité des sites publics.
access-how-title = Comment c’est vérifié
access-how-checked = Avant chaque version, chaque page est examinée par axe-core dans un navigateur, en clair et en sombre, dans une fenêtre de 320 pixels et avec un texte deux fois plus grand.
access-keyboard = Tout fonctionne au clavier : Tab avance, Entrée ouvre, Échap ferme un menu. La première touche de chaque page saute la navigation.
access-zoom = Clair et sombre suivent votre système, de même que le souhait de moins de mouvement et de plus de contraste.
access-script = Sans JavaScript, tout fonctionne sauf les mises à jour en direct : rechargez alors la page pour voir ce que d’autres ont changé.
access-print = Chaque page peut être imprimée sans sa navigation.
access-known-title = Ce qui n’est pas encore parfait
access-known-pictures = La carte et le graphe sont des dessins ; à côté de chacun, un tableau dit la même chose.
access-known-data = Les textes saisis par les partenaires sont les leurs : ils peuvent être dans une autre langue, qui est indiquée, ou sans traduction.
access-tell-title = Signaler
access-tell = Si quelque chose vous arrête, dites-le à qui gère ce nœud dans votre organisation et au projet ; un obstacle compte comme un défaut.
privacy-what-title = Quelles données
privacy-what = Le nœud conserve réseaux, organisations, pratiques, événements et ce qui s’y rattache, ainsi que les personnes de contact des organisations : nom, rôle, coordonnées professionnelles, finalité, base légale et durée.
privacy-not = Il ne contient aucune donnée sur les personnes que les réseaux aident, ni pièces jointes.
privacy-where-title = Où elles sont et qui les lit
privacy-where = Elles sont sur les appareils des partenaires et nulle part ailleurs : pas de serveur central, pas de compte chez un tiers. Les échanges sont chiffrés d’appareil à appareil.
privacy-who = Votre registre est lu par tous les partenaires, le registre interne par personne d’autre, et une personne de contact par les partenaires que nomme son responsable.
privacy-sealed = Les personnes de contact sont scellées sur le disque, chacune avec sa propre clé, et sont exclues des exports publics.
privacy-long-title = Combien de temps
privacy-long = Chaque personne de contact a une date d’échéance ; quand elle est passée, le nœud du responsable l’efface.
privacy-erase = Un effacement voyage avant tout le reste et vaut sur chaque appareil, historique compris ; chacun en donne reçu. Dans les sauvegardes, les personnes restent scellées sans leur clé.
privacy-browser-title = Votre navigateur
privacy-cookies = Ces pages ne posent que leurs propres cookies : un pour la connexion, un pour la langue et un qui retient quand vous avez regardé les nouveautés pour la dernière fois. Il n’y a pas de statistiques.
privacy-nobody = Rien n’est chargé d’ailleurs : personne n’apprend que vous ouvrez cette page.
privacy-rights-title = Vos droits
privacy-rights = Qui est inscrit comme personne de contact peut demander à l’organisation qui l’a inscrit une copie, une correction ou l’effacement. Ce nœud fait la copie (comin person access) et exécute l’effacement.
