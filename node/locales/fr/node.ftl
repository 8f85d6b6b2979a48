# Les mots du nœud en français. Le singulier vaut aussi pour 0.

## Cadre
skip = Aller au contenu
nav-main = Menu principal
nav-language = Langue
nav-crumbs = Vous êtes ici
nav-overview = Vue d’ensemble
nav-conflicts = Conflits
nav-partners = Partenaires et échange
nav-waiting = en attente
nav-menu = Menu
nav-menu-close = Fermer
footer-local = Cette page vient de votre propre nœud. Elle fonctionne sans internet.
live-changed = Cette page a changé entre-temps.
live-reload = Afficher l’état actuel
live-offline = Le nœud ne répond pas ; cette page n’est peut-être plus à jour.
error-title = L’opération n’a pas abouti
error-not-found = Introuvable
error-forbidden = Refusé
error-detail = Ce qu’en dit le nœud, pour votre service informatique

## Refus
problem-not-found = Ce que vous cherchez n’est pas ici. C’est peut-être sur une autre page, ou vous n’avez pas le droit de le lire.
problem-stale = Quelqu’un a modifié ceci entre-temps. Regardez l’état actuel et décidez à nouveau.
problem-not-allowed = Vous n’avez pas le droit de faire cela ici.
problem-not-admin = Seuls les administrateurs de ce nœud peuvent le faire.
problem-foreign-office = Cette demande ne vient pas de la page du nœud, ou elle utilise un autre nom. Saisissez l’adresse du nœud dans le navigateur.
problem-foreign-request = Cette demande ne vient pas de la page du nœud. Rouvrez la page avec « comin open ».
problem-backup = Aucune sauvegarde ne peut être faite maintenant.
problem-machine-request = Ce n’est pas la demande d’un nouvel appareil, ou elle n’est pas entière. Copiez tout le texte que montre le nouvel appareil.
problem-no-writers = Personne n’écrirait ce registre. Choisissez au moins un partenaire, ou tous.
problem-backup-nowhere = Le nœud n’a pas de dossier pour les sauvegardes ; aucune n’a été écrite. Indiquez-en un dans node.toml, comme ci-dessous, et redémarrez le nœud.
problem-precondition = En l’état actuel, ce n’est pas possible.
problem-ambiguous = Plusieurs éléments portent ce nom.
problem-invalid = La saisie ne peut pas être acceptée.
problem-bad-request = L’adresse ou le formulaire est illisible. Revenez en arrière et réessayez.
problem-stopped = Le nœud s’est arrêté. Il n’est pas certain que les dernières saisies soient enregistrées. Prévenez votre service informatique.
problem-store = Le nœud ne parvient pas à lire ses données. Prévenez votre service informatique.
problem-store-busy = Les données du nœud sont en cours d’utilisation. Réessayez dans un instant.
problem-timeout = Le nœud n’a pas répondu à temps. Vérifiez si votre modification y est avant de réessayer.
problem-proposed-there = Une proposition se fait sur la fiche dont elle parle : ouvrez cette fiche et choisissez « Proposer une modification ».
problem-method = La page ne propose pas cette action.
problem-too-large = Ce qui a été envoyé est trop volumineux.
problem-media-type = Ce qui a été envoyé a une forme que le nœud ne lit pas.
problem-if-match = Le formulaire est arrivé sans la version pour laquelle il était fait. Rouvrez-le.
problem-not-signed-in = Vous devez d’abord vous connecter.
problem-too-many-streams = Trop de pages de ce nœud sont ouvertes. Fermez-en quelques-unes.
problem-under-way = La même demande est déjà en cours.
problem-import-running = Une autre importation est en cours. Réessayez quand elle sera terminée.
problem-plan-changed = L’importation ferait maintenant autre chose que ce que vous avez vu : un réglage, une colonne ou une fiche a changé. Voici ce qu’elle ferait à présent.
problem-upload-room = Le fichier a laissé la place à de plus récents avant d’être importé. Envoyez-le à nouveau.
problem-upload-late = Le fichier a attendu plus d’une heure et a été oublié. Envoyez-le à nouveau.
problem-upload-imported = Le fichier a déjà été importé.
problem-uploads-busy = D’autres envoient de gros fichiers en ce moment. Renvoyez le vôtre dans une minute.
problem-internal = Une erreur s’est produite dans le nœud. Prévenez votre service informatique.
refused-required = Rien n’a été saisi. Veuillez remplir ce champ.
refused-too-long = { $value } est trop long. Raccourcissez à { $max } caractères.
refused-several-lines = Le texte comporte des retours à la ligne. Écrivez-le sur une seule ligne.
refused-line = { $value } ne peut pas être accepté. Saisissez-le à nouveau sans caractères spéciaux.
refused-name = Un nom est une ligne d’au plus { $max } caractères, sans caractères spéciaux.
refused-code = { $value } ne fait pas partie des choix. Choisissez dans la liste.
refused-reference = { $value } n’est pas une fiche qui convient ici. Choisissez dans la liste.
refused-date = { $value } n’est pas un jour. Écrivez l’année, le mois et le jour, par exemple 2026-10-15.
refused-month = { $value } n’est pas un mois. Écrivez l’année et le mois, par exemple 2026-10.
refused-moment_range = Ces horaires ne conviennent pas. Indiquez un début, puis une fin qui vient après.
refused-position = { $value } n’est pas une position. Écrivez la latitude, la longitude et la précision, par exemple 45.956,13.648;city
refused-integer = { $value } n’est pas un nombre qui convient ici. Écrivez un nombre entier, sans espaces ni points.
refused-link = { $value } n’est pas une adresse web. Commencez par https:// et ne laissez pas d’espaces.
refused-email = { $value } n’est pas une adresse électronique. Écrivez-la comme office@zavod.example.
refused-country = { $value } n’est pas un pays. Écrivez ses deux lettres, par exemple SI, IT ou FR.
refused-code-of = { $value } n’est pas parmi ces choix : { $choices }
refused-flag = { $value } n’est ni oui ni non.
refused-record = { $value } n’est ni le nom ni l’id d’une fiche qui est ici. Importez d’abord celle-ci, ou écrivez son id.
refused-record-several = Plusieurs fiches s’appellent { $value }. Écrivez l’id de celle qui est visée.
refused-record-later = Ceci désigne une autre fiche du fichier, qui n’est pas encore ici. Importez d’abord ce type : { $kind }.
refused-same-row = C’est la même fiche que la ligne { $row }.
refused-personal-email = Cela ressemble à l’adresse d’une personne, qui va avec la personne de contact. Écrivez une adresse de fonction, ou réglez que celles-ci soient laissées de côté (--leave-personal-email) ou prises (--allow-personal-email).
refused-digest = { $value } n’est pas une somme de contrôle. Copiez les 64 chiffres de la somme SHA-256.
sign-in-title = Connexion
sign-in-how = Exécutez cette commande sur la machine du nœud ; elle ouvre la page, connexion déjà faite :
sign-in-why = Le lien ne sert qu’une fois. Les autres programmes et les autres personnes de cette machine restent ainsi dehors.
sign-in-name = Nom
sign-in-password = Mot de passe
sign-in-wrong = Le nom et le mot de passe ne correspondent pas. La personne qui gère le nœud peut vous donner un autre mot de passe.
sign-in-held-off = Trop de mots de passe étaient faux. Attendez dix minutes, puis réessayez.
sign-out = Se déconnecter
signed-out = Votre connexion est terminée. Connectez-vous dans une autre fenêtre, puis continuez ici.
office-trust = Le navigateur affiche un avertissement sur cette page ?
office-trust-why = Le certificat de ce nœud vient de votre organisation, que votre navigateur ne connaît pas encore. Indiquez-le-lui une fois : il n’avertira plus, et vous remarquerez si quelqu’un d’autre se fait passer pour ce nœud.
office-trust-file = Le certificat de votre organisation
office-trust-compare = Avant de l’accepter, comparez son empreinte SHA-256 avec celle que vous lit la personne qui gère le nœud (comin tls show).
office-trust-firefox = Firefox : Paramètres, Vie privée et sécurité, Afficher les certificats, Autorités, Importer ; faites-lui confiance pour les sites web.
office-trust-windows = Windows (Edge, Chrome) : ouvrez le fichier, Installer un certificat, Utilisateur actuel, placez-le dans « Autorités de certification racines de confiance ».
office-trust-macos = macOS : ouvrez le fichier, puis réglez-le sur « Toujours approuver » dans Trousseaux d’accès.
office-trust-android = Android : Paramètres, Sécurité, Chiffrement et identifiants, Installer un certificat, Certificat CA.
partners-admins = Les invitations et les décisions reviennent aux administrateurs de ce nœud.

## Temps et nombres
ago-now = à l’instant
ago-minutes = { $n ->
    [one] il y a { $n } minute
   *[other] il y a { $n } minutes
}
ago-hours = { $n ->
    [one] il y a { $n } heure
   *[other] il y a { $n } heures
}
ago-days = { $n ->
    [one] il y a { $n } jour
   *[other] il y a { $n } jours
}
n-records = { $n ->
    [one] { $n } fiche
   *[other] { $n } fiches
}
other-languages = { $n ->
    [one] Dans { $n } autre langue
   *[other] Dans { $n } autres langues
}

## Échange
exchange-title = Échange
exchange-table = Échange avec chaque partenaire
exchange-stopped = Le nœud s’est arrêté : { $reason }. Il n’est pas certain que les dernières saisies soient enregistrées.
exchange-action = { $n ->
    [one] { $n } partenaire demande à entrer et vous attend.
   *[other] { $n } partenaires demandent à entrer et vous attendent.
}
exchange-decide = { $n ->
    [one] Une décision du partenariat vous attend.
   *[other] { $n } décisions du partenariat vous attendent.
}
exchange-join-refused = Votre demande d’entrée a été refusée : { $reason }
exchange-joining = Vous avez demandé à entrer dans un partenariat. Jusqu’à votre admission, tout est enregistré sur cette machine seulement.
exchange-alone = Vous n’êtes pas encore dans un partenariat. Tout est enregistré sur cette machine seulement.
exchange-first = Vous êtes pour l’instant le seul partenaire. Tout est enregistré sur cette machine seulement.
exchange-paused = { $n ->
    [0] L’échange a été mis en pause. Rien n’attend de votre côté.
    [one] L’échange a été mis en pause. { $n } modification est enregistrée ici seulement.
   *[other] L’échange a été mis en pause. { $n } modifications sont enregistrées ici seulement.
}
exchange-unreachable = { $n ->
    [0] Aucun partenaire n’est joignable ; dernier contact : { $since }. Vous pouvez continuer à travailler.
    [one] Aucun partenaire n’est joignable ; dernier contact : { $since }. { $n } modification est enregistrée ici seulement ; vous pouvez continuer à travailler.
   *[other] Aucun partenaire n’est joignable ; dernier contact : { $since }. { $n } modifications sont enregistrées ici seulement ; vous pouvez continuer à travailler.
}
exchange-never-reached = { $n ->
    [0] Aucun partenaire n’a encore été joint. Vous pouvez continuer à travailler.
    [one] Aucun partenaire n’a encore été joint. { $n } modification est enregistrée ici seulement.
   *[other] Aucun partenaire n’a encore été joint. { $n } modifications sont enregistrées ici seulement.
}
exchange-exchanging = { $n ->
    [one] Échange en cours avec { $n } partenaire.
   *[other] Échange en cours avec { $n } partenaires.
}
exchange-waiting = { $n ->
    [one] { $n } modification attend
   *[other] { $n } modifications attendent
} { $k ->
    [one] d’être remise à { $k } partenaire.
   *[other] d’être remises à { $k } partenaires.
}
exchange-delivered = Partenaires ayant tout reçu : { $k } sur { $total }. { $days ->
    [0] Dernier contact avec { $name } : { $since }.
    [one] Aucun contact avec { $name } depuis { $days } jour.
   *[other] Aucun contact avec { $name } depuis { $days } jours.
}
exchange-delivered-never = Partenaires ayant tout reçu : { $k } sur { $total }. Aucun contact encore avec { $name }.
exchange-all = { $n ->
    [one] L’autre partenaire a vos modifications, confirmation : { $time }.
    [2] Les deux autres partenaires ont vos modifications, dernière confirmation : { $time }.
   *[other] Les { $n } autres partenaires ont tous vos modifications, dernière confirmation : { $time }.
}
exchange-look = Voir ce qui attend
exchange-begin = Entrer dans un partenariat ou en fonder un
exchange-now = Échanger maintenant
exchange-pause = Mettre en pause
exchange-resume = Reprendre l’échange
exchange-progress = Transfert en cours
exchange-never = jamais
exchange-not-reached = Non joint à la dernière tentative.
exchange-why = Raison, pour votre service informatique
exchange-direct = directement
exchange-through = par { $name }
exchange-next-try = { $n ->
    [0] Prochaine tentative maintenant.
    [one] Prochaine tentative dans { $n } seconde.
   *[other] Prochaine tentative dans { $n } secondes.
}
exchange-col-partner = Partenaire
exchange-col-state = État
exchange-col-lacks = Reste à envoyer
exchange-col-we-lack = Reste à recevoir
exchange-col-heard = Dernier contact
exchange-col-way = Connexion
dial-hung-up = l’autre côté a coupé la connexion : peut-être ne connaît-il pas encore cette machine, ou son échange est en pause
dial-closed = la connexion a été fermée
dial-broke = la connexion s’est interrompue
dial-not-begun = connecté, mais l’échange n’a pas pu commencer
dial-no-address = aucune adresse n’est connue
dial-denied = trop de connexions, ou n’est plus membre
dial-under-way = une autre tentative est en cours
dial-silent = l’autre côté ne répond pas
dial-not-now = n’est pas membre, ou l’échange est en pause
dial-paused = l’échange a été mis en pause
partner-state-equal = Connecté
partner-state-exchanging = Échange en cours
partner-state-away = Non connecté
partner-state-never-heard = Aucun contact encore
lag-none = rien
lag-exactly = { $n ->
    [one] { $n } modification
   *[other] { $n } modifications
}
lag-at-least = { $n ->
    [one] au moins { $n } modification
   *[other] au moins { $n } modifications
}
lag-unknown = inconnu

## Vue d’ensemble
overview-federation = { $n ->
    [one] { $name }, { $n } partenaire
   *[other] { $name }, { $n } partenaires
}
overview-numbers = Ce qu’il y a
overview-conflicts = { $n ->
    [one] { $n } conflit attend une décision.
   *[other] { $n } conflits attendent une décision.
}
overview-documents = Panorama et images
overview-survey = Le panorama des réseaux, rédigé à partir de ce que tous les partenaires partagent. Il s’imprime ou s’enregistre en PDF.
overview-graph = Image : organisations et réseaux
overview-map = Carte : où sont les organisations
overview-partners = Les autres partenaires
overview-no-partners = Il n’y a encore personne d’autre ici.
overview-empty = Il n’y a pas encore de fiches. Commencez par votre organisation ou par un réseau ; un tableur peut être importé.

## Listes
filter-text = Rechercher
filter-all = Tout
filter-apply = Afficher
filter-more = Filtres
filter-clear = Retirer les filtres
list-name = Nom
list-register = Conservée dans
list-none-found = Rien ne correspond à ces filtres.
list-empty-network = Aucun réseau encore. Un réseau a un nom, un pays et les publics qu’il accompagne.
list-empty-organisation = Aucune organisation encore. Ajoutez-en une, ou importez un tableur avec « comin import ».
list-empty-practice = Aucune bonne pratique encore.
list-empty-event = Aucun événement encore.
mark-conflict = en conflit
mark-differs = les registres diffèrent
pager = Pages
pager-before = Précédent
pager-next = Suivant
pager-here = Page { $page } sur { $pages }

## Fiches
record-kept-in = Conservée dans :
record-id = Identifiant de cette fiche, pour votre service informatique :
record-created = Créée par
record-edit = Modifier
record-delete = Supprimer
record-restore = Rétablir
record-read-only = lecture seule
record-deleted = Cette fiche est supprimée. Elle peut être rétablie.
record-deletion-disputed = Un partenaire a supprimé cette fiche pendant qu’un autre la modifiait. Elle reste dans la liste jusqu’à ce que quelqu’un décide.
record-differs = Les registres qui tiennent cette fiche ne s’accordent pas sur : { $fields }.
record-members = Membres
record-no-members = Aucun membre encore.
record-networks = Réseaux
record-no-networks = Dans aucun réseau encore.
value-yes = oui
value-no = non
value-removed = retiré
value-invalid = non valable
unknown-partner = inconnu
register-own = Votre registre
register-internal = Interne (votre partenaire seulement)
register-person = Un registre propre à la personne
register-partner = { $name }
new-network = Ajouter un réseau
new-organisation = Ajouter une organisation
new-practice = Ajouter une bonne pratique
new-event = Ajouter un événement
new-membership = Ajouter une adhésion
new-interest = Enregistrer une manifestation d’intérêt
new-programme = Ajouter un programme de formation
new-publication = Ajouter une publication
new-note = Ajouter une note
new-sameas = Indiquer que deux fiches n’en font qu’une

## Conflits
conflicts-lead = Deux personnes ont écrit des valeurs différentes dans un même champ sans le savoir. Les deux restent visibles jusqu’à ce que quelqu’un décide ; la décision parvient à tous les partenaires.
conflicts-none = Rien n’attend de décision.
conflicts-all = Tout ce qui attend une décision
conflict-count = { $n ->
    [one] { $n } valeur
   *[other] { $n } valeurs, écrites indépendamment les unes des autres
}
conflict-decide = Décider
conflict-keep = Garder celle-ci
conflict-number = valeur { $n }
conflict-another = Écrire une autre valeur
conflict-not-yours = La décision revient au partenaire qui tient ce registre.
conflict-about-deletion = Supprimée par l’un, modifiée par un autre qui ne le savait pas.
conflict-keep-or-delete = garder ou supprimer ?
conflict-deleted = Supprimée
conflict-edited = Modifiée
conflict-restored = Gardée
conflict-take-deletion = Supprimer la fiche
conflict-take-record = Garder la fiche
conflict-changed = La fiche a changé entre-temps. Voici son état actuel.

## Formulaires
form-save = Enregistrer
form-cancel = Annuler
form-none = (aucun)
form-required = (obligatoire)
form-register = Registre
form-register-hint = Votre registre est lu par tous les partenaires ; le registre interne par personne d’autre.
form-refused = L’enregistrement n’a pas pu se faire.
form-more-languages = Autres langues
form-nothing-to-choose = Il n’y a encore rien à choisir.
form-start = Début
form-start-time = Début, heure
form-end = Fin
form-end-time = Fin, heure
form-zone = Fuseau horaire
hint-moments = Laissez les heures vides pour des journées entières, et le tout si la date n’est pas encore connue.
form-has-conflicts = Cette fiche est en conflit. Enregistrer d’autres champs ne le tranche pas :
hint-lines = Un par ligne.
hint-position = Latitude, longitude et précision, par exemple 45.956,13.648;city
hint-country = Deux lettres, par exemple SI, IT ou FR.
hint-email = Une adresse de service, par exemple office@zavod.example ; pas l’adresse d’une personne.
hint-nuts = Code de la région statistique, par exemple SI04 ou ITH3. Ce champ peut rester vide.
hint-identifiers = Numéros fiscaux, d’immatriculation ou autres numéros officiels, un par ligne.
stale-title = Quelqu’un a modifié cette fiche pendant que vous la modifiiez.
stale-how = Rien de votre saisie n’est encore enregistré. Vous voyez ci-dessous l’état actuel et ce que vous avez écrit ; le formulaire contient encore votre texte. Enregistrez à nouveau pour écrire le vôtre à la place.
stale-look = Revenez en arrière, regardez l’état actuel de la fiche et décidez à nouveau.
stale-field = Champ
stale-now = État actuel
stale-yours = Ce que vous avez écrit
stale-drop = Laisser l’état actuel

## Partenaires
partners-members = Partenaires et machines
partners-self = vous
partners-this-device = cette machine
partners-steward = garant
partners-roles = Un garant décide, avec les autres garants, qui est admis.
partners-partner = partenaire
partners-col-name = Partenaire
partners-col-country = Pays
partners-col-role = Rôle
partners-col-devices = Machines
approvals-title = En attente de votre décision
approvals-how = Téléphonez au partenaire et comparez le numéro. N’approuvez que si vous lisez tous deux le même.
approval-approve = Les numéros sont identiques : approuver
approval-reject = Refuser
approval-other-name = L’invitation a été faite pour { $name }.
check-number = Numéro de contrôle :
drafts-title = En attente des garants
draft-all = tous les partenaires
draft-admission = Admettre { $name } ({ $more })
draft-shared-register = Créer le registre partagé « { $name } » ; y écrivent : { $more }
draft-register-writers = Confier l’écriture du registre « { $name } » à : { $more }
draft-stewards = Garants désormais : { $name }{ $more }
draft-removal = Exclure { $name } pour toujours{ $more }
draft-rekeying = Remplacer la clé de { $name } ; la nouvelle commence par { $more }. Comparez-la au téléphone.
draft-signed = Signé par { $names } ; signatures nécessaires : { $n }.
draft-missing = Pas encore : { $names }
draft-refused = Refusé par { $names }
draft-sign = Signer
invites-title = Invitations
invites-none = Aucune invitation.
invites-col-name = Pour
invites-col-country = Pays
invites-col-state = État
invites-col-expires = Expire
invites-col-ticket = Invitation
invite-title = Inviter un partenaire
invite-how = Crée une invitation qui ne sert qu’une fois. Envoyez-la par courriel, puis comparez le numéro de contrôle au téléphone.
invite-name = Nom de l’organisation
invite-make = Créer une invitation
ticket-open = ouverte
ticket-used = utilisée
ticket-expired = expirée
ticket-cancelled = annulée
ticket-show = Afficher
ticket-cancel = Annuler
ticket-made = Invitation pour { $name }
ticket-how = Envoyez ce texte au partenaire. Il ne sert qu’une fois.
ticket-code = L’invitation sous forme de code QR
ticket-code-show = Afficher sous forme de code QR
ticket-expires = Expire
join-title = Entrer dans un partenariat
join-how = Collez l’invitation qu’un partenaire vous a envoyée.
join-ticket = Invitation
join-ask = Demander à entrer
join-read-out = Lisez ce numéro au téléphone. L’autre côté doit voir le même.
join-stage-dialling = Prise de contact avec le partenaire qui vous a invité
join-stage-committed = Accord sur le numéro de contrôle
join-stage-waiting = En attente de la confirmation
join-stage-admitted = Admis
join-stage-refused = Refusé
join-refused-ticket-unknown = Le partenaire qui vous a invité ne connaît pas cette invitation.
join-refused-ticket-used = Une autre machine a déjà utilisé cette invitation.
join-refused-ticket-expired = L’invitation a expiré.
join-refused-ticket-cancelled = Le partenaire qui vous a invité a annulé cette invitation.
join-refused-foreign-federation = L’invitation est pour un autre partenariat.
join-refused-commitment-mismatch = Ce que l’autre côté a montré ne correspond pas à ce qu’il avait promis. Téléphonez avant de réessayer.
join-refused-too-many-attempts = Les trois tentatives de l’invitation sont épuisées.
join-refused-rejected = Le partenaire qui vous a invité a refusé.
join-refused-malformed = L’autre côté a envoyé quelque chose d’incompréhensible.
join-waits-for = En attente de : { $name }
found-title = Fonder un partenariat
found-how = Seulement s’il n’en existe pas encore un dans lequel vous voulez entrer. Vous en devenez le premier garant.
found-name = Nom du partenariat
found-found = Fonder

## Moments
moment-zone = heure de { $place }

## Ligne de commande
cli-no-federation = Encore dans aucun partenariat : comin found NOM, ou comin join INVITATION
cli-federation = { $n ->
    [one] Partenariat { $name }, { $n } partenaire
   *[other] Partenariat { $name }, { $n } partenaires
}
cli-not-running = Le nœud est arrêté : rien n’est échangé. comin run
cli-exchange = Échange : { $text }
cli-unsent = { $n ->
    [one] { $n } des nôtres encore sur aucune autre machine
   *[other] { $n } des nôtres encore sur aucune autre machine
}
cli-peer-lacks = il lui manque : { $what }
cli-peer-we-lack = il nous manque : { $what }
cli-peer-heard = dernier contact { $when }
cli-peer-tried = dernière tentative : { $what }
cli-needs-approval = { $n ->
    [one] { $n } nouveau partenaire attend la confirmation : comin approvals
   *[other] { $n } nouveaux partenaires attendent la confirmation : comin approvals
}
cli-needs-resume = L’échange a été mis en pause : comin sync resume
cli-joining = Entrée : { $stage }
cli-store-failed = Le stockage est en panne : { $reason }. comin check
cli-fault = Défaut chez { $partner } : { $what }
cli-edit-waits = { $n ->
    [one] { $n } champ que vous avez écrit attend
   *[other] { $n } champs que vous avez écrits attendent
} la fiche { $record } : elle est partie avec la seconde histoire d’une machine copiée, et réapparaîtra quand le partenaire de cette machine l’aura de nouveau. Rien n’est perdu ici.
cli-founded = Le partenariat { $name } est fondé ; ce partenaire en est le premier garant.
cli-founded-next = Ensuite : comin invite "PARTENAIRE" --country FR --file invitation.txt
cli-ticket = Invitation pour { $name }, valable jusqu’au { $expires }
cli-ticket-hand-over = Remettez-la par une voie à laquelle vous vous fiez. Là-bas, le service informatique exécute : comin join INVITATION
cli-ticket-no-code = L’invitation est trop longue pour un code QR ; remettez le texte ou un fichier (--file).
cli-ticket-compare = Quand ils appellent, comparez le numéro de contrôle : comin approvals
cli-ticket-run = Pour les recevoir, ce nœud doit être en marche : comin run
cli-ticket-cancelled = L’invitation est annulée.
cli-no-tickets = Il n’y a aucune invitation.
cli-joined = Admis dans { $name }.
cli-join-dialling = Recherche du nœud du partenaire qui vous a invité …
cli-join-tried = Recherche du nœud du partenaire qui vous a invité ; dernière tentative : { $what }
cli-join-committed = Connecté ; échange des clés …
cli-join-waiting = En attente de la confirmation.
cli-join-waiting-for = En attente de la confirmation de { $name }.
cli-join-read-out = Lisez-le au partenaire qui vous a invité ; vous devez voir le même tous les deux.
cli-join-close = Vous pouvez fermer avec Ctrl-C : le nœud continue, et « comin status » dit où il en est.
cli-asks = { $name } ({ $country }) demande à entrer.
cli-asks-same = Le même sur leur écran : comin approvals approve { $id }
cli-asks-other = Un autre : comin approvals reject { $id }
cli-no-approvals = Personne n’attend de confirmation.
cli-proposed = Signé ici ; attend les signatures des garants : { $names }
cli-proposed-next = Ils le voient dans « comin approvals » sous { $id } ; le nœud de n’importe quel membre le transmet.
cli-draft-lost = La majorité n’est plus possible. Pour le retirer : comin approvals reject { $id }
cli-draft-dormant = Un autre tour est en cours : personne ne le signe maintenant. ({ $id })
cli-draft-sign = Pour signer : comin approvals approve { $id }
cli-draft-refuse = Pour refuser : comin approvals reject { $id }
cli-draft-id = ({ $id })
cli-stewards-set = Les garants sont désignés.
cli-steward-key = sa clé a été remplacée : comin stewards set
cli-no-stewards = Il n’y a aucun garant.
cli-stewards-decide = { $n ->
    [one] { $n } sur { $count } décide.
   *[other] { $n } sur { $count } décident ensemble.
}
cli-partner-removed = Exclu pour toujours. Il garde ce qu’il a et ne reçoit plus rien.
cli-key-replaced = La clé est remplacée. L’ancien kit de récupération ne vaut plus rien : détruisez-le.
cli-key-kit = Nouveau kit de récupération : { $file }. Imprimez-le, mettez-le sous clé, supprimez le fichier.
cli-key-read-out = À lire aux garants : { $key }
cli-unconfirmed = Cette machine a été rétablie et ne signe rien pour le partenariat tant que les nœuds des autres garants (ou, si ce partenaire n’est pas garant, un autre nœud) n’ont pas confirmé ce qu’elle avait signé : comin sync --wait 60s. S’il ne reste aucun autre nœud : comin restore --alone
cli-restored-alone = Cette machine signe de nouveau pour le partenariat.
cli-backup-written = Sauvegarde écrite : { $file } ({ $kilobytes } ko).
cli-backup-secret = Elle contient la clé secrète de cette machine : gardez-la aussi sûrement que la machine, et pas seulement sur son disque.
cli-backup-sound = La sauvegarde est intègre : { $name }, machine { $device }, faite le { $time }, { $records ->
    [one] { $records } fiche
   *[other] { $records } fiches
}.
cli-backup-restored = Rétabli : { $name }, machine { $device }, état au { $time }, { $records ->
    [one] { $records } fiche
   *[other] { $records } fiches
}.
cli-backup-next = Ensuite : comin{ $place } run. Ce que les autres ont reçu depuis revient de chez eux. La machine sur laquelle la sauvegarde a été faite ne doit plus fonctionner.
cli-backup-failed = La sauvegarde ne peut pas être écrite : { $reason }
cli-backup-last = Dernière sauvegarde : { $time }, { $file }
partners-removed = exclu
cli-approved = Admis.
cli-rejected = Refusé.
cli-this-partner = ce partenaire
cli-this-machine = cette machine
cli-no-partners = Il n’y a aucun partenaire.
cli-no-devices = Il n’y a aucune machine.
cli-revoked = La machine est révoquée. Ce qu’elle a écrit avant reste ; qui la détient garde ce qu’elle contient.
cli-revoked-tip = Ce qu’elle signe pour le partenariat compte jusqu’à ce que la clé le dise aussi : comin devices revoke MACHINE --kit FICHIER. Si quelqu’un d’autre la détient, faites-le tout de suite.
cli-revoked-machine = révoquée
cli-no-users = Personne ne se connecte par le réseau du bureau. Ajoutez quelqu’un : comin users add NOM --role admin
cli-restored-users = Peuvent se connecter par le réseau du bureau, comme au moment de la sauvegarde : { $names }. Qui a été retiré depuis y figure de nouveau : comin users list
cli-user-removed = { $name } est retiré et déconnecté.
cli-user-password = Le mot de passe de { $name }, affiché maintenant seulement :
cli-tls-fingerprint = Empreinte SHA-256 de l’autorité de votre organisation, à comparer avant qu’un navigateur lui fasse confiance :
cli-tls-next-listen = Écrivez dans node.toml : [listen] office = ["{ $address }"], ajoutez des utilisateurs (comin users add) et redémarrez le nœud.
cli-tls-next-start = Redémarrez le nœud. Les navigateurs doivent faire confiance à la nouvelle autorité ; supprimez-y l’ancienne.
cli-no-registers = Il n’y a aucun registre.
cli-register-made = Le registre { $name } est créé : { $id }
cli-writers-set = Les partenaires qui écrivent sont fixés.
cli-written-by-all = écrit par tous
cli-written-by = écrit par { $names }
cli-register-partner = registre du partenaire
cli-register-internal = registre interne
cli-yours-to-write = vous pouvez y écrire
cli-saved = Enregistrée : { $title } ({ $id }) dans { $register }
cli-added = Ajoutée : { $title } ({ $id }) dans { $register }
cli-removed = Marquée comme supprimée : { $title } ({ $id }) dans { $register }
cli-restored = De nouveau présente : { $title } ({ $id }) dans { $register }
cli-to-decide = { $n ->
    [one] { $n } champ attend une décision : comin conflicts
   *[other] { $n } champs attendent une décision : comin conflicts
}
cli-nothing-found = Rien n’a été trouvé.
cli-figures-as-of = État des données : { $day }
cli-figures-networks = réseaux
cli-figures-organisations = organisations
cli-figures-memberships = adhésions
cli-figures-bridges = dans plusieurs réseaux
cli-figures-events = événements
cli-figures-practices = pratiques
cli-figures-interests = manifestations d’intérêt
cli-figures-joined = nouvelles adhésions
cli-figures-members = adhésions
cli-figures-countries = Pays
cli-figures-levels = Niveau
cli-figures-target_groups = Public
cli-figures-months = Mois
cli-figures-total = Total
cli-deleted = supprimée
cli-in-register = Dans { $register } ; ajoutée par { $partner }, { $time } ; version { $version }
cli-in-register-read-only = Dans { $register }, lecture seule ; ajoutée par { $partner }, { $time } ; version { $version }
cli-registers-differ = Les registres diffèrent sur : { $fields }
cli-cleared = (retiré)
cli-in-conflict = En conflit : { $field }
cli-edited = modifié { $field } : { $value }
cli-no-conflicts = Rien n’est en conflit.
cli-conflict-in = { $title } dans { $register }
cli-decided = Décidé.
cli-would-import = Résultat prévu : ajoutées { $added }, modifiées { $changed }, inchangées { $unchanged }.
cli-row-refused-whole = ligne { $row } : { $reason }
cli-row-refused = ligne { $row }, { $column } : { $reason }
cli-import-progress = fiches écrites : { $written } sur { $total }
cli-imported = Importé : ajoutées { $added }, modifiées { $changed }, inchangées { $unchanged }.
cli-row-would-add = ligne { $row } : serait ajoutée
cli-row-would-change = ligne { $row } : changerait { $fields }
cli-import-columns = Colonnes : { $columns }
cli-import-not-taken = Colonnes non reprises : { $columns }
cli-import-key = Les lignes sans id se retrouvent par : { $fields }
cli-import-absent = Fiches du registre qui ne sont pas dans le fichier et restent comme elles sont : { $n }
cli-import-elsewhere = Lignes de fiches d’autres registres, qui disent ce qui s’y trouve déjà : { $n }
cli-import-ids-unknown = Lignes avec un id inconnu ici, qui ne compte pas : { $n }
cli-import-emails-left = Adresses électroniques laissées de côté parce qu’elles semblent être celles d’une personne : { $n }
cli-import-persons = Personnes de contact : ajoutées { $added }, modifiées { $changed }, inchangées { $unchanged }.
cli-import-persons-terms = Pour les reprendre, ajoutez --purpose, --legal-basis et --retain-until ; sinon --without-persons
cli-import-positions = Positions des villes (GeoNames, CC BY 4.0) : complétées { $filled } ; villes inconnues ou sans pays (--set country=IT) { $unknown } ; avec plusieurs villes du même nom { $several }.
cli-import-duplicates = Celles-ci existent peut-être déjà. Regardez et, si c’est le cas, corrigez le nom ou la ville dans le fichier :
cli-row-duplicate = ligne { $row } : { $title } ({ $id }), { $reason }
cli-record-absent = absente du fichier : { $title } ({ $id })
cli-duplicate-identifier = le même identifiant
cli-duplicate-website = le même site web
cli-duplicate-name = un nom semblable dans la même ville
cli-and-more = … et encore { $n }
cli-sync-paused = L’échange est en pause, y compris après un redémarrage. La saisie reste possible. Pour reprendre : comin sync resume
cli-sync-resumed = L’échange reprend.
cli-sync-complete = Tous ont tout.
cli-sync-missing = Manque après { $n } s : { $names }
cli-sync-asked = Tous ont été interrogés ; pas encore complet : { $names }
cli-check-good = Documents : { $documents }, fiches : { $records }, entrées : { $entries }. Tout est entier, et les pages lisent ce que disent les documents.
cli-check-size = { $live } ko de données vivantes occupent { $disk } ko sur le disque.
cli-config-good = { $file } est correct.
cli-config-default = { $file } n’existe pas : les valeurs par défaut s’appliquent.
cli-version = comin { $version }, format de stockage { $format }
cli-open-once = Le lien connecte un seul navigateur, une fois, dans les dix minutes.
doctor-identity = { $name } ({ $country }), dossier { $place }
doctor-key = la clé de la machine est là et fermée aux autres
doctor-config = la configuration est lisible
doctor-office = la page pour le bureau peut être servie : { $addresses }
doctor-store = le stockage s’ouvre
doctor-running = le nœud est en marche
doctor-not-running = le nœud est arrêté : rien n’est échangé
doctor-paused = l’échange a été mis en pause
doctor-no-federation = ce partenaire n’est dans aucun partenariat
doctor-no-federation-remedy = comin found NOM, ou comin join INVITATION
doctor-put-back = cette machine est revenue à un état antérieur : rétablie, ramenée en arrière ou copiée ; ce qui lui manquait vient des autres
doctor-put-back-remedy = rien à faire si c’était voulu ; sinon, cherchez qui l’a fait
doctor-own-fault-remedy = examinez cette machine : si elle a été copiée, ou si son disque est plein ou défectueux
doctor-fault-remedy = demandez au service informatique de ce partenaire d’examiner sa machine
doctor-told = les autres nœuds savent qu’ils doivent venir à { $addresses }
doctor-addresses = adresses connues de ce nœud : { $addresses }
doctor-no-address = aucune encore
doctor-port = depuis l’extérieur du bureau, il n’est joignable que si un routeur lui transmet le port TCP { $port } ; indiquez alors cette adresse dans node.toml : [listen] external
doctor-peer-away = s’il reste absent : son nœud est-il en marche, et son port est-il ouvert ? Là-bas : comin doctor

## Types
kind-network = Réseau
kind-organisation = Organisation
kind-membership = Adhésion
kind-practice = Bonne pratique
kind-event = Événement
kind-interest = Manifestation d’intérêt
kind-programme = Programme de formation
kind-publication = Publication
kind-note = Note
kind-sameas = Même que
kind-proposal = Proposition
kinds-network = Réseaux
kinds-organisation = Organisations
kinds-practice = Bonnes pratiques
kinds-event = Événements

## Champs
field-a = Une fiche
field-about = Concerne
field-accepted_proposals = Propositions acceptées
field-activities = Activités
field-address = Adresse
field-attendance = Présents
field-b = Autre fiche
field-challenges = Difficultés
field-changes = Valeurs proposées
field-city = Ville
field-content = Contenu
field-contribution = Contribution
field-coordinators = Coordinateurs
field-country = Pays
field-declined_proposals = Propositions refusées
field-deleted = Supprimée
field-description = Description
field-email = Courriel
field-evidence = Preuves de réussite
field-sameas-evidence = Ce qui le fait penser
field-hours = Heures
field-identifiers = Identifiants
field-implementing_organisation = Mise en œuvre par
field-languages = Langues
field-last_verified = Dernière vérification
field-levels = Niveaux
field-links = Liens
field-modules = Modules
field-motivation = Motivation
field-name = Nom
field-network = Réseau
field-networks = Réseaux
field-nuts = Code NUTS
field-organisation = Organisation
field-organisations = Organisations participantes
field-organiser = Organisateur
field-origin_event = Événement d’origine
field-original_language = Langue d’origine
field-other_names = Autres noms
field-phone = Téléphone
field-place = Lieu
field-position = Position
field-practices = Bonnes pratiques présentées
field-programme = Programme
field-reason = Raison
field-register = Registre
field-resources = Ressources
field-role = Rôle
field-schema = Version du schéma
field-sha256 = Somme de contrôle (SHA-256)
field-since = Depuis
field-state = État
field-strategy = Stratégie
field-summary = Résumé
field-target_groups = Publics
field-text = Texte
field-title = Titre
field-transfer = Transférabilité
field-transitions = Étapes
field-type = Type
field-until = Jusqu’au
field-url = Adresse web
field-visibility = Visibilité
field-vision = Vision
field-website = Site web
field-when = Quand

## Pays du partenariat
country-si = Slovénie
country-it = Italie
country-fr = France

cli-person-added = Ajoutée : { $id }
cli-person-saved = Enregistrée : { $id }
cli-person-shared = Enregistré : qui lit désormais cette personne. Qui ne la lit plus l’abandonne au prochain échange.
cli-person-due-soon = la conservation se termine bientôt
cli-person-due-over = la conservation est terminée : le nœud du responsable du traitement l’efface
cli-person-due-ask = la conservation est terminée depuis longtemps : effacez la personne, ou fixez la date (l’horloge de cette machine est-elle juste ?)
cli-person-not-erased = Personne n’a demandé l’effacement de cette personne.
cli-person-erased = Effacée ; machines : { $k } sur { $n }, partenaires : { $m }.
cli-person-missing = Pas encore : { $name }, dernier contact { $time }
cli-person-missing-unheard = Pas encore : { $name }, aucun contact d’ici
cli-person-waits = Ici, c’est en attente : un autre partenaire a demandé plus d’effacements qu’il n’en est exécuté d’un coup. Pour donner votre accord : comin person erase { $id } --reason request
cli-person-files = La personne figure dans ces fichiers, que vous devez supprimer vous-même :
cli-person-written = Écrit : { $file }
kind-person = Personne
field-given_name = Prénom
field-family_name = Nom de famille
field-purpose = Finalité
field-legal_basis = Base légale
field-informed_on = Informée le
field-retain_until = À conserver jusqu’au
field-language = Langue

## Exportations
cli-no-calendars = Aucun calendrier ne lit les événements. Pour créer une adresse : comin calendars add NOM
cli-calendar-all = tout ce que ce nœud lit
cli-calendar-public = ce qui est public
cli-calendar-address = L’adresse pour { $name }, affichée maintenant seulement. Qui la détient lit les événements :
cli-calendar-path = Tant que le nœud est en marche, à la suite de son adresse : { $path }
cli-calendar-removed = { $name } est retiré ; son adresse n’ouvre plus rien.
cli-search-more = … et encore { $n } : écrivez d’autres mots, ou --limit N
calendar-name = Événements COM-IN
export-column-id = Id
export-column-register = Registre
export-column-title = nom
export-column-start = début
export-column-end = fin

# Travail avec les fiches
reference-not-received = pas encore reçue
reference-not-shared = non partagée avec vous
reference-deleted = supprimée
reference-erased = effacée
record-absent = Nommées ici et non visibles
record-linked = Ce qui mène ici
record-merged = Réunie avec
record-stale-translation = plus ancienne que l’original
proposal-open = attend une décision
proposal-accepted = acceptée
proposal-declined = refusée
proposal-withdrawn = retirée
same-identifier = même identifiant : { $value }
same-website = même site web : { $value }
same-name = nom semblable dans la même ville ({ $value })
news-added = ajoutée
news-changed = modifiée
news-deleted = supprimée
problem-no-way = Depuis cet état, cette étape n’existe pas.
problem-already = C’est déjà son état.
problem-decided = C’est déjà décidé.
cli-advanced = { $title } : { $status }
cli-membership = L’adhésion est là : comin membership show { $id }
cli-interest-recorded = { $n ->
    [one] { $n } manifestation d’intérêt enregistrée.
   *[other] { $n } manifestations d’intérêt enregistrées.
}
cli-proposed-change = Proposée sous { $id } ; qui tient la fiche la voit dans « comin proposals ».
cli-no-proposals = Aucune proposition n’attend de décision.
cli-proposal = { $title }, proposée par { $partner } le { $time } : { $state }
cli-proposal-value = { $field } : { $now } → { $then }
cli-proposal-decide = comin proposals accept { $id }, ou comin proposals decline { $id }
cli-proposal-decided = La proposition est { $state }.
cli-no-suggestions = Il n’y a pas deux organisations qui semblent n’en faire qu’une.
cli-suggestion = { $a } ({ $first }) et { $b } ({ $second })
cli-suggestion-decide = comin sameas confirm { $id }, ou comin sameas refuse { $id }
cli-same-set = { $title } : { $state }
cli-no-stale = { $months ->
    [one] Tout a été vérifié au cours du dernier mois.
   *[other] Tout a été vérifié au cours des { $months } derniers mois.
}
cli-stale-verify = Toujours juste ? comin KIND edit ID --set last_verified={ $today }
cli-never-verified = jamais vérifiée
cli-no-news = Depuis le { $since }, rien n’a changé.
cli-news-of = { $partner }, { $kind } : ajoutées { $added }, modifiées { $changed }, supprimées { $deleted }
cli-linked = Ce qui mène ici
cli-absent = Nommées ici et non visibles
cli-merged = Réunie avec
record-claimed = Déclarée : elle n’est pas inscrite au registre de son réseau.
partner-state-elsewhere = Dans un autre partenariat
carried-over = { $founder } a fondé « { $name } », qui reprend ce partenariat.
carried-over-title = Un nouveau partenariat reprend celui-ci
carried-over-how = Quelqu’un estime que les garants ne pourront plus jamais décider. Appelez les partenaires et mettez-vous d’accord sur un seul. Toutes les données restent, quel que soit votre choix ; tant que vous n’êtes pas dans le même partenariat, rien n’est échangé.
carried-over-without-us = Il ne comprend pas encore ce partenaire : son fondateur doit d’abord signer votre admission. Faites se connecter vos machines et demandez-le-lui.
carried-over-left = Non repris, sauf si ses garants le signent :
carried-over-go = Y passer
carried-over-stay = Rester ici
cli-carried-over-next = Tout ce qui valait est repris. Les autres partenaires sont interrogés quand ils se connectent : comin approvals
cli-carried-over-go = Pour y passer, sur chacune de vos machines : comin approvals approve { $id }
cli-carried-over-stay = Pour rester : comin approvals reject { $id }
cli-further-asks = Remettez ceci à une machine de votre organisation qui a le droit admin ; là : comin devices add DEMANDE --file FICHIER
cli-further-then = Puis, ici : comin --data-dir { $dir } init --further --certified FICHIER
cli-further-done = { $device } est maintenant une machine de { $name }.
cli-further-join = Pour rencontrer les autres, il lui faut une invitation : comin --data-dir { $dir } run, et dans une autre fenêtre : comin --data-dir { $dir } join INVITATION
cli-certified = { $name } est certifiée comme machine de votre organisation :
cli-certified-next = Remettez ceci à la nouvelle machine, avec une invitation de n’importe quel membre : comin init --further --certified FICHIER, puis comin join INVITATION. Cela n’ouvre rien sur aucune autre machine.
