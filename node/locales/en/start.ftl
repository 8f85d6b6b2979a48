# The first run, settings and diagnosis in English.

## Frame
menu-registers = Registers
menu-work = To do
menu-pictures = Views and survey
menu-node = This node
menu-people = Contact persons
menu-interests = Expressions of interest
menu-programmes = Training programmes
menu-publications = Publications
menu-proposals = Proposals
menu-translations = Translations to do
menu-stale = Not verified for long
menu-sameas = Possible duplicates
menu-import = Import
menu-map = Map
menu-graph = Picture of the network
menu-calendar = Calendar
menu-survey = Survey of the networks
menu-export = Export
menu-partners = Partners
menu-devices = Devices
menu-settings = Settings
menu-backup = Backup
menu-diagnose = Diagnosis
menu-accessibility = Accessibility
menu-privacy = Privacy
search-label = Search everything
search-go = Search

## First run
cli-first-run = This machine is not set up yet. Open this page; the link works once, within ten minutes (comin open gives another one): { $url }
start-title = Set up this machine
start-lead = Your data stays on this machine. You can work without a connection, and exchange with partners when you want to.
start-step-who = Who you are
start-step-kit = Recovery kit
start-step-node = Start
start-name = Name of your organisation
start-name-hint = As the other partners know it.
start-name-wrong = The name is missing or too long. Write it in one line.
start-country-choose = Choose
start-country-other = Another country
start-country-code = Country code
start-country-wrong = Choose the country, or write its two letters.
start-language = Language
start-language-hint = For this machine; everybody can switch on every page.
start-device = Name of this machine
start-device-hint = So that partners tell your machines apart, such as “office”.
start-device-wrong = The machine needs a name of one line.
start-go-kit = Go on to the recovery kit
start-recover = We have a recovery kit: a further machine, or a new one after a loss
start-recover-how = With the kit this machine belongs to your organisation. To meet the others it then needs a ticket, which any of your other machines or another partner makes.
start-recover-kit = Text of the recovery kit
start-recover-hint = Paste the whole text; lines that begin with # do not matter.
start-recover-go = Set up with the kit
start-kit-title = The recovery kit of { $name }
start-kit-lead = The kit holds the secret key of your organisation. Nothing is on this machine’s disk yet: first put the kit in a safe place.
start-kit-why = You need it when your last machine is lost. Nobody else has a copy, and nobody can make you a new one.
start-kit-print = Download it, print it, and lock the paper away, or keep the file on a stick in the safe.
start-kit-two = Two people of your organisation should know where it is.
start-kit-not = Do not send it by e-mail, and delete the downloaded file afterwards: whoever has the kit can act as your organisation.
start-kit-download = Download the kit
start-kit-back = Change name or country
start-kit-show = Show the text of the kit
start-kit-write = Or write it to a file on this machine, such as a stick
start-kit-path = File
start-kit-path-hint = The whole path, such as /media/stick/kit.txt, on a stick or a disk that stays. It must lie outside the node’s own directory, and never replaces a file. A node that runs as a service may write to few places; downloading always works.
start-kit-write-go = Write the file
start-kit-written = Written: { $file }
start-kit-inside = There a lost disk would take both the node and the kit. Name another place, such as a stick.
start-kit-relative = Name the whole path, from / on: where a shorter one leads depends on how the node was started.
start-kit-passes = What lies there is gone after a restart. Name a place on a stick or a disk, or download the kit.
start-kit-place = This place cannot be used. Name a new file in a directory that exists.
start-kit-kept = The kit is in a safe place outside this machine
start-kit-not-kept = Confirm that the kit is in a safe place. Without it nobody can help you after a loss.
start-kit-other = This is another kit than the one that you have kept: another name or another window has made a new one. Keep this one.
start-go = Set up this machine
start-failed = This did not work; nothing was set up. Try again, or show this to your IT:
start-goes-on = Your node is starting …
start-next = How do you want to begin?
start-alone = Work alone for now
start-alone-how = Enter organisations and networks, or import a spreadsheet. Everything stays yours, and comes along if you join later.
start-join = Join with a ticket
start-join-how = A partner has sent you a ticket. You then compare a number on the telephone.
start-found = Found a partnership
start-found-how = Only if there is none yet that you want to join. You invite the others.

## Exchange in words
exchange-more = All about the exchange
exchange-lead = What has reached whom, what still waits, and by which way. Nothing is lost while a partner is away: it gets everything at the next meeting.
exchange-unsent = { $n ->
    [0] Everything of yours is on another machine as well.
    [one] 1 change of yours is on this machine only.
   *[other] { $n } changes of yours are on this machine only.
}
exchange-col-equal = Last complete exchange
exchange-col-machines = Devices

## Partners, stewards, machines
partners-col-act = Action
ticket-file = Save the ticket as a file
join-file = Or choose the ticket’s file
removal-ask = Remove …
removal-title = Remove { $name } from the partnership?
removal-ever = This is for ever: the same key is never admitted again. To come back, the partner needs a new one.
removal-keeps = The partner keeps what it has received, and gets nothing more.
removal-data = What it has written so far stays here, for everybody.
removal-yes = Remove { $name } for ever
decide-majority = { $n ->
    [1] Your signature alone decides.
   *[other] It is in force once { $n } stewards have signed; until then it waits under “Waiting for stewards”.
}
stewards-title = Stewards
stewards-now = { $count ->
    [one] There is 1 steward, who decides alone.
   *[other] { $n } of { $count } stewards decide together.
}
stewards-change = Change the stewards
stewards-choose = Who is to be a steward from now on
stewards-odd = One, three, five, seven or nine, so that there is always a majority.
stewards-go = Go on
stewards-confirm = Change the stewards?
stewards-then = From then on these decide who is admitted and who is removed: { $names }.
stewards-only = Who is not among them decides nothing any more. If most of them lose their keys, the partnership cannot decide until it is founded anew.
stewards-yes = Set these stewards
carry-over-when = Can the stewards never decide again?
carry-over-only = This is meant only for stewards who can never be a majority again, because their machines and recovery kits are lost. Telephone the other partners first, and settle on one who does it.
carry-over-name = Name of the partnership that carries this one on
carry-over-next = See what follows
carry-over-title = Carry this partnership on as “{ $name }”?
carry-over-stays = All data stays, and everything that stood is carried over: partners, registers and who writes them. You become the only steward, and can name others afterwards.
carry-over-asked = Each of these is asked whether it goes along, and decides for itself: { $names }
carry-over-apart = Until a partner has gone along, nothing is exchanged with it. What it writes meanwhile comes with it.
carry-over-yes = Found “{ $name }”
devices-lead = Every machine of your organisation has a key of its own. Whoever loses a machine revokes it here or with the recovery kit.
devices-of = Devices of { $name }
devices-col-name = Device
devices-col-key = Key
devices-col-rights = May
devices-col-act = Action
devices-revoked = revoked
devices-revoke = Revoke …
devices-add = Add a machine
devices-add-run = Install COM-IN on the new machine and start it with “comin run”; its first page opens.
devices-add-kit = There choose “We have a recovery kit” and paste the kit of your organisation.
devices-add-ticket = Make a ticket here and paste it on the new machine under “Partners”.
devices-add-number = Compare the check number on both screens and approve it here.
devices-ticket = Make a ticket for your own machine
right-edit = write data
right-invite = invite
right-steward = sign for the partnership
right-admin = manage machines
revoke-title = Revoke the machine { $name }?
revoke-ever = It cannot be taken back: the machine needs to be set up anew to come back.
revoke-keeps = What it has written so far stays. Whoever has the machine keeps what is on it.
revoke-kit = If somebody else has it, revoke it with the recovery kit as well: comin devices revoke MACHINE --kit FILE
revoke-yes = Revoke { $name }

## Settings
settings-who = This node
settings-name = Organisation
settings-machine = Machine
settings-partnership = Partnership
settings-place = Data directory
settings-file = Addresses, language and backups are set in node.toml in the data directory; “comin config show” tells what is in force.
settings-users = Who signs in over the office network
settings-office = The office signs in at
settings-office-none = The page is open on this machine only. To open it for the office: comin tls make, then [listen] office in node.toml.
settings-users-none = Nobody yet. On this machine “comin open” signs in without a password.
settings-col-name = Name
settings-col-role = Role
settings-col-act = Action
role-admin = Admin: everything
role-editor = Editor: the data
settings-reset = New password
settings-remove = Remove
settings-add = Add
settings-add-user = Add somebody
settings-calendars = Calendars that read the events
settings-calendars-how = A calendar program subscribes to an address made here. Whoever has the address reads the events, until you remove it.
settings-add-calendar = Make an address
settings-calendar-name = For whom or what
settings-calendar-public = Only what is for the public
backup-last = Last backup:
backup-file = File:
backup-none = This node writes no backups of itself, or has not written one since it started.
backup-failed = The last backup could not be written:
backup-how = How to make one, and how to come back
backup-set = Let the node write them by itself, onto another disk: in node.toml
backup-now = Or make one now, on the machine of the node:
backup-back = After a loss, on the new machine:
backup-secret = A backup holds this machine’s secret key: keep it as safe as the machine. Contact persons are sealed in it; the keys that open them lie in a file beside it, which every backup replaces.
backup-kit = The recovery kit is no backup: it brings back who you are, and the partners bring back what you shared.
diagnose-lead = What this node knows of its own state today, with what helps.
diagnose-wrong = { $n ->
    [0] Nothing is wrong
    [one] 1 thing needs somebody
   *[other] { $n } things need somebody
}
diagnose-good = good
diagnose-bad = needs somebody
diagnose-open = to know
diagnose-outside = From outside the office this node is reached only if a router forwards its port to it; then name that address in node.toml: [listen] external
diagnose-documents = What is kept here
diagnose-col-register = Register
diagnose-col-part = Part
diagnose-col-records = Records
diagnose-col-changes = Changes
diagnose-it = For your IT
diagnose-commands = On the machine of the node these commands tell more:

## Accessibility and privacy
access-what-title = What this is about
access-what = These pages are meant for everybody who works with the networks, also with a keyboard alone, a screen reader, large text or a small screen.
access-standard = They aim at the Web Content Accessibility Guidelines (WCAG) 2.2, level AA, which EN 301 549 and the European directive on the accessibility of public websites build on.
access-how-title = How it is checked
access-how-checked = Before each version every page is looked at by axe-core in a browser, in light and dark, in a window of 320 pixels, and with text at twice its size.
access-keyboard = Everything works with the keyboard: Tab goes on, Enter opens, Escape closes a menu. The first key on each page leads past the navigation.
access-zoom = Light and dark follow your system, as does the wish for less motion and more contrast.
access-script = Without JavaScript everything works but the live updates: then load the page again to see what others have changed.
access-print = Every page can be printed without its navigation.
access-known-title = What is known not to be perfect
access-known-pictures = Map and picture of the network are drawings; beside each stands a table that says the same.
access-known-data = Texts that partners enter are theirs: they may be in another language, which is marked, or lack a translation.
access-tell-title = Tell us
access-tell = If something stops you, tell whoever runs this node in your organisation, and the project; a barrier counts as a fault.
privacy-what-title = Which data
privacy-what = The node keeps networks, organisations, practices, events and what belongs to them, and contact persons of organisations: name, role, functional contact data, purpose, legal basis and until when they are kept.
privacy-not = It holds no data about the people whom the networks help, and no attachments.
privacy-where-title = Where they are and who reads them
privacy-where = They lie on the machines of the partners and nowhere else: there is no central server and no account with a third party. What is exchanged is encrypted from machine to machine.
privacy-who = Your register is read by all partners, the internal one by nobody else, and a contact person by the partners that its controller names.
privacy-sealed = Contact persons are sealed on the disk, each with a key of its own, and are left out of public exports.
privacy-long-title = How long
privacy-long = Each contact person has a date until which it is kept; when it has passed, the controller’s node erases it.
privacy-erase = An erasure travels ahead of everything else and goes through on every machine, history included; each gives a receipt. In backups persons stay sealed without their key.
privacy-browser-title = Your browser
privacy-cookies = These pages set cookies of their own only: one that signs you in, one that keeps your language, and one that remembers when you last looked at what is new. There are no statistics.
privacy-nobody = Nothing is loaded from elsewhere: nobody learns that you open this page.
privacy-rights-title = Your rights
privacy-rights = Whoever is entered as a contact person may ask the organisation that entered them for a copy, a correction or an erasure. This node makes the copy (comin person access) and carries out the erasure.
