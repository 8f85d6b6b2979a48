# The pages of the daily work in English.

## Lists
kinds-interest = Expressions of interest
kinds-programme = Training programmes
kinds-publication = Publications
kinds-membership = Memberships
list-empty-interest = No expressions of interest yet. They begin where somebody asks to join a network, often at an event.
list-empty-programme = No training programmes yet. A programme has modules in an order that you can change.
list-empty-publication = No publications yet. A publication is a link and, if you like, a checksum.
list-empty-membership = No memberships yet. A membership ties an organisation to a network; one begins where an expression of interest is accepted.
membership-in-force = in force
membership-to-come = still to begin
membership-ended = ended
list-by-month = By month
list-as-table = As a list
list-as-board = As a board
list-import = Import
filter-kind = Kind
filter-language = With a text in
board-none = None.
board-all = { $n ->
    [one] Show it
   *[other] Show all { $n }
}
and-more = … and { $n } more
n-people = { $n ->
    [one] 1 person
   *[other] { $n } people
}
n-months = { $n ->
    [one] 1 month
   *[other] { $n } months
}
n-days = { $n ->
    [one] 1 day
   *[other] { $n } days
}

## Records
record-notes = Notes
record-no-notes = No notes. They stay with your partner unless you choose another register.
record-no-people = No contact persons that you may read.
record-propose = Propose a change
step-at = On
step-to = Move on to
entries-order = Change the order
entries-up = Up
entries-down = Down
value-none = nothing
conflict-keep-both = Keep this, the other as another name

## Forms
form-find = Find by name
form-find-button = Find
form-found = { $n ->
    [0] Nothing found for “{ $text }”.
    [one] 1 found for “{ $text }”. Look whether it is meant.
   *[other] { $n } found for “{ $text }”. Choose the one that is meant.
}
form-entry = Number { $n }
form-entry-new = New
form-entry-more = Add more
form-entry-remove = Take it away when saving
form-entries-hint = What stays empty is not added. The order is changed on the page of the record.
hint-digest = The 64 digits that “sha256sum FILE” prints. It may stay empty.
hint-month = Year and month, such as 2026-10.

## Search
search-title = Search
search-lead = Across all kinds and all four languages. Accents do not matter, and small slips are forgiven.
search-results = Results
search-found = { $n ->
    [one] 1 record for “{ $text }”
   *[other] { $n } records for “{ $text }”
}
search-none = Nothing is called so or says so. Try fewer words, or only the beginning of one.

## Views
map-title = Map
map-lead = Where organisations are, as far as their positions are known.
graph-title = Picture of the network
graph-lead = Which organisations belong to which networks. Those of several networks are the bridges.
graph-colours = Colours stand for
picture-same = The same as a table
calendar-title = Events, { $month }
calendar-months = Months
calendar-today = This month
calendar-none = No event is in this month.
calendar-as-list = As a list
calendar-agenda = Agenda
calendar-undated = Date not known yet
calendar-day-of = day { $n } of { $all }
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
figures-title = Numbers
figures-all = All numbers
figures-no-country = no country named

## What is new
news-title = What is new
news-since = since { $time }
news-more = All news
news-none = Nothing has changed.
news-days = Of the last
news-n-added = { $n } added
news-n-changed = { $n } changed
news-n-deleted = { $n } deleted

## Proposals
proposals-title = Proposals
proposals-lead = Who may not write a record proposes a change; who keeps it decides.
proposals-none = No proposal waits for a decision.
proposals-received = For you to decide
proposals-made = Made by you
proposals-others = Others
proposals-all = Show decided ones too
proposals-open-only = Only those that wait
proposal-by = proposed by { $partner }, { $time }
proposal-values = Proposed values
proposal-then = Proposed
proposal-accept = Take it over
proposal-decline = Decline
proposal-withdraw = Withdraw
propose-lead = Change what should be different. The partner that keeps “{ $register }” sees it and decides; until then the record stays as it is.
propose-reason = Reason (optional)
propose-send = Send the proposal

## Translations, verification, duplicates
translations-title = Translations to do
translations-lead = Texts that are missing in a language, or whose original has changed since they were translated.
translations-to = Into
translations-all = Also of other partners
translations-none = Nothing is to be translated.
translations-missing = Missing
translations-stale = Older than the original
translations-do = Translate
stale-records-title = Not verified for long
stale-records-lead = Look whether name, address and telephone are still right. “Right today” says so for everybody.
stale-records-none = Everything was verified within this time.
stale-months = Not verified within
stale-verified = Right today
sameas-title = Possible duplicates
sameas-lead = Records that look as if they were one. What you confirm is read together and nothing is lost; you can take it back.
sameas-suggested = To decide
sameas-decided = Decided
sameas-none = No two records look as if they were one.
sameas-confirm = They are one
sameas-refuse = They are two
sameas-undo = Take it back

## People
people-title = Contact persons
people-lead = Personal data. Only those read a person whom its controller names; nothing of it stands anywhere else.
people-new = Add a contact person
people-new-lead = Say for what, on which legal basis and until when the data may be kept. At the end of that time it is erased.
people-none = No contact persons that you may read. An address of function belongs to the organisation itself.
people-controller = Controller
people-controlled-by = Controller: { $name }
people-readers = Read by
people-readers-all = all partners
people-readers-none = the controller alone
people-due-soon = ends soon
people-due-over = is over: will be erased
people-due-ask = ended long ago: decide
people-scope = Who reads this person
people-scope-hint = Your partner always does. Who is left out later drops what it has with the next exchange.
people-scope-own = Your partner alone
people-scope-all = All partners
people-scope-some = These partners:
people-access = For the person
people-access-how = Whoever asks what is held of them gets one of these files.
people-erase = Erase
people-erase-what = The person is erased at every partner that reads it, its history included, and cannot come back.
people-erase-why = Reason
people-erase-sure = I know that this cannot be undone.
people-erase-do = Erase this person for ever
people-erasure = Erasure
people-erased-title = An erased person
people-erasure-waits = It waits here: another partner has asked for more erasures than are carried out at once. Erase it here to agree.
erase-reason-retention = The time is over
erase-reason-request = The person asked for it
erase-reason-left = Does not do this work any more
erase-reason-mistake = Entered by mistake

## Import
import-title = Import
import-lead = A spreadsheet or CSV file becomes records. First you see what it would do; nothing is written before you say so.
import-kind = Kind of records
import-file = File
import-file-hint = CSV, Excel, LibreOffice or JSON, up to 64 MiB. One row is one record.
import-look = Look at it
import-last = How the last import went
import-refused = The file was not taken; nothing was written.
import-partly = { $written } of { $total } records were written before the import ended. They stay as they are; send the file again, and it goes on from there.
import-preview = Import of { $file }
import-would = It would be
import-done = Done
import-added = added
import-changed = changed
import-unchanged = unchanged
import-do = Import now
import-look-again = Look again with these settings
import-settings = Said once for the whole file
import-language = Language of texts whose column names none
import-email = E-mail addresses that look like a person’s
import-email-refuse = Refuse the file
import-email-leave = Leave them out
import-email-allow = Take them
import-persons = Contact persons in the file
import-persons-ask = Ask me where there are any
import-persons-take = Take them, on the terms below
import-persons-leave = Leave them out
import-persons-details = Terms for contact persons
import-persons-terms = The file names contact persons. Say for what and until when they may be kept, or leave them out.
import-positions = Positions filled in from city and country (GeoNames, CC BY 4.0): { $filled }; cities not known: { $unknown }; names of several cities: { $several }
import-mapping = Which column goes where
import-mapping-how = From the headings, or from the columns that you saved. Change it where it is wrong, then look again.
import-column = Column
import-target = Goes to
import-nothing = (not taken)
import-row = Row
import-rows = Row by row
import-reason = What is wrong
import-errors = { $n ->
    [one] 1 value cannot be taken
   *[other] { $n } values cannot be taken
}
import-errors-how = Correct the rows in the spreadsheet and send it again, or map the column to nothing.
import-errors-caption = Values that cannot be taken
import-duplicates = Perhaps there already
import-progress = The last import
import-never = Nothing has been imported since the node was started.
import-checking = The rows are being checked.
import-again = Show how far it is now
import-another = Import another file
import-waiting = Files that you have sent
import-waiting-how = They wait here for an hour. Nothing of them is written yet.
import-file-missing = No file was chosen. Please choose one.
import-map = Column mapping (optional)
import-map-hint = A file that you saved with “Save the columns as a file” or that “comin import --save-map” wrote. The kind of records is the one it names.
import-map-unreadable = This is no saved column mapping. Choose another file, or none; then choose the spreadsheet again.
import-map-save = Save the columns as a file
import-key = A row without an id is found again by
import-key-how = Where all the chosen fields agree, a row changes the record that is there; otherwise it adds one. With none chosen the usual ones count.
import-set = Said by every row whose cell is empty
import-scope = Who reads these persons
import-latitude = Position: latitude
import-longitude = Position: longitude
import-person = Contact person: { $what }
import-person-name = Given and family name in one cell

## Survey and export
survey-title = Survey of the networks
survey-lead = The document about all networks, written from what the partners share, as it stands now.
survey-language = Language
survey-audience = For whom
survey-partnership = The partnership: all that is shared
survey-public = Everybody: what is marked as public
survey-open = Open to read and print
survey-markdown = As Markdown
survey-print = To make a PDF, open it and choose “Save as PDF” in the browser’s print window.
survey-fresh = How fresh it is
survey-fresh-how = It holds what this node has from each partner.
export-title = Export
export-lead = Everything that you read here leaves as a file in an open format.
export-whole = Everything in one file
export-format = Format
export-xlsx = Workbook (Excel, LibreOffice): a sheet for each kind
export-json = JSON: for programs, can be imported again
export-geojson = GeoJSON: for maps
export-graphml = GraphML: for network analysis
export-table = One kind as a table
export-do = Save the file
export-refer = Other records are called by
export-refer-id = their ids, to come back here
export-refer-name = their names, for another machine
export-csv = Save as CSV
export-public = Only what is marked as public
export-other = Calendar and address book
export-ics = Events for a calendar (iCalendar)
export-vcf = Contact persons for an address book (vCard)
export-personal = personal data
export-automerge = The documents themselves
export-automerge-how = Each part of a register with its whole history, readable by any Automerge tool.
export-part = part { $n }
history-created = created
history-changed = changed
history-deleted = deleted
history-restored = restored
history-accepted = accepted
history-declined = declined
history-reopened = decision taken back
history-proposal = Proposal of { $partner }: { $state }
cli-history-entry = { $time }: { $what } by { $partner }, { $device } (register: { $register })
cli-history-more = Older changes: comin history { $id } --after { $next }
cli-undone = Taken back by a new change in { $register }; the history keeps both.
problem-changed-since = This has changed since.
problem-several = This change decided between several values. Choose below which of them should stand.
problem-nothing-left = Nothing is left of this change to take back.
cli-check-running = { $documents } documents, { $records } records: pages and searches read what the documents say. While the node runs, its store is not verified; stop it for that.
cli-row-like-row = row { $row }, { $title }: perhaps the same as row { $other } ({ $reason })

## History
history-title = History
history-lead = Who changed what and when, in every register that holds this record; the newest first. Taking a change back is a new change, and nothing is lost.
history-undo = Take this change back
history-undo-field = Take this field back
history-anyway = Take it back all the same; what was written since is overwritten and stays in the history
history-decided = This change decided between several values. Choose the one that should stand again:
history-take = Write this one again
history-older = Older changes
