"""What people choose: passwords that are refused whole, and the words that common ones are made of.

Data only, all of it folded (NFKC, lower case) and without spaces. A list of breached passwords has few of 15
characters, and they are nearly all a common short one repeated, continued along the keyboard or joined to another; so
there are few whole passwords here, and `models.passwords.policy` recognises the making. An offline file of breached
passwords (`models.passwords.breached`) is the thorough answer.
"""

from __future__ import annotations

from typing import Final

_WHOLE = """
correcthorsebatterystaple horsebatterystaplecorrect batterystaplecorrecthorse correcthorsebattery
tobeornottobethatisthequestion tobeornottobe thequickbrownfox thequickbrownfoxjumps
thequickbrownfoxjumpsoverthelazydog maytheforcebewithyou youshallnotpass winteriscoming iamyourfather
lukeiamyourfather openthepodbaydoors alohomora hakunamatata supercalifragilisticexpialidocious
antidisestablishmentarianism loremipsumdolorsitamet loremipsumdolor helloworldhelloworld iloveyouforever
iloveyousomuch iloveyoubaby ilovemyfamily ilovemymother ilovemyfather ilovemyhusband ilovemywife ilovemykids
ilovemydog ilovemycat ilovejesus ilovejesuschrist jesuslovesme jesusisthelord jesuschristislord godisgreat godisgood
godblessamerica inthenameofgod allahuakbar bismillahirrahmanirrahim liverpoolfootballclub manchesterunited
manchestercity realmadrid fcbarcelona arsenalfootballclub chelseafootballclub youllneverwalkalone dallascowboys
newyorkyankees losangeleslakers metallicametallica ledzeppelin redhotchilipeppers linkinpark avengedsevenfold
threedaysgrace fivefingerdeathpunch harrypotter hermionegranger spongebobsquarepants teenagemutantninjaturtles
grandtheftauto callofduty callofdutymodernwarfare worldofwarcraft leagueoflegends counterstrike needforspeed
assassinscreed finalfantasy kingdomhearts pokemonpokemon dragonballz starwarsstarwars startrekenterprise
thelordoftherings passwordispassword mypasswordispassword mypasswordis thisismypassword thisisapassword
thisisasecurepassword thisismypasswordnow donttellanyone dontforgetpassword iforgotmypassword forgotmypassword
idontknowmypassword nopasswordneeded nopasswordforyou pleaseletmein openthedoorplease areyoukiddingme
noneofyourbusiness changemechangeme changethispassword pleasechangeme pleasechangethis temporarypassword
initialpassword defaultpassword administratorpassword rootrootrootroot superusersuperuser testtesttesttest
testingtesting letmeinletmein trustnoonetrustno1 mynameisearl whatsmypassword whatisthepassword enterpassword
enteryourpassword verysecretpassword verysecurepassword supersecretpassword supersecurepassword mysecretpassword
mysecurepassword unbreakablepassword strongpasswordstrong notmypassword notapasswordatall bestpasswordever
mitnickmitnick abracadabraabracadabra opensesameopensesame barackobama donaldtrumpdonald ichliebedichichliebedich
ichliebedich jetaimejetaime jetaimepourtoujours tequieromucho teamomucho teamoparasiempre tiamotiamo meuamormeuamor
parolaparola motdepassemotdepasse monmotdepasse passwortpasswort meinpasswort meinpasswortistgeheim geheimgeheimgeheim
contrasenacontrasena micontrasena wachtwoordwachtwoord losenordlosenord haslohaslohaslo парольпарольпароль
мойпарольпароль ятебялюблю ялюблютебя йцукенгшщзхъфывапролджэ
"""

_WORDS = """
password passwords passwort passw0rd motdepasse contrasena wachtwoord losenord haslo parola parool senha пароль admin
administrator root user username login guest test tester testing demo default temp temporary initial changeme change
secret secure security private master super superuser system server database support operator helpdesk service manager
company office welcome hello letmein access open sesame qwerty qwertz azerty asdf asdfgh zxcvbn йцукен qazwsx iloveyou
loveyou loveme love lovely baby angel angels princess prince sunshine sunflower flower butterfly rainbow chocolate
cookie cheese banana orange apple pepper ginger summer winter spring autumn monday friday january february march april
june july august september october november december dragon monkey tiger lion eagle falcon phoenix wolf shadow ninja
killer hunter ranger soldier pirate wizard magic mustang ferrari porsche corvette harley yamaha mercedes toyota
football soccer baseball basketball hockey tennis golf liverpool arsenal chelsea barcelona madrid juventus yankees
cowboys lakers steelers jordan michael michelle jessica jennifer ashley daniel thomas robert andrew matthew joshua
anthony charlie george william maggie buster bailey tigger pokemon pikachu naruto batman superman spiderman starwars
matrix trustno1 freedom forever whatever nothing everything computer internet samsung google facebook instagram
linkedin microsoft windows linux ubuntu oracle postgres mysql cisco amazon netflix money bitcoin lucky happy jesus
christ blessed heaven family mother father friends friend london paris berlin moscow america canada china india brasil
mexico
"""

WHOLE: Final = frozenset(_WHOLE.split())
"""Whole passwords, without spaces and hyphens."""

WORDS: Final = frozenset(_WORDS.split())
"""What common passwords are made of."""

ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "1234567890",
    "qwertyuiop[]",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "azertyuiopqsdfghjklmwxcvbn",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "!@#$%^&*()_+",
    "йцукенгшщзхъфывапролджэячсмитьбю",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
)
"""What fingers follow, forwards and backwards."""

LEET: Final = str.maketrans("@4310$5!7", "aaeiossit")
"""Digits and signs that stand for a letter, one to one."""
