"""Names that are words as well: in a text they are names only with a capital letter."""

OLD_WORDS_IN_I = (
    "arki", "hanhi", "hauki", "henki", "hiiri", "hirvi", "joki", "järki", "järvi", "kaski",
    "kieli", "kivi", "korpi", "koski", "kurki", "kuusi", "kylki", "käki", "käsi", "lahti", "lampi",
    "lehti", "lohi", "lumi", "meri", "mieli", "mäki", "niemi", "nummi", "nuori", "nurmi", "onni",
    "ovi", "pieni", "pilvi", "polvi", "reki", "saari", "salmi", "sarvi", "susi", "suuri", "suvi",
    "talvi", "tammi", "toimi", "tuli", "tuuli", "tyvi", "tähti", "uusi", "vesi", "vuori", "väki",
)  # fmt: skip
"""Old words in -i whose stem is in -e-; many surnames are one of them or end in one."""

OLD_WORDS_IN_E = ("ahde", "helle", "lumme", "rinne", "sade", "säde")
"""Old words in -e whose stem is stronger: Rinne, Rinteen, but Anne, Annen."""

_TOO = """
aalto aamu aarre ahde aho ahti ahven aino alanko alho ali alku alla alm andre anna ansa ansio apaja
april ari armas armo aro art arvo ask asta august aura autio auvo bell berg bill björk björn black
bo bond bror brown case chance church clay cook dag dal dale das dean del den der des dos drew ek
eld elle ellen faith falk field fisher ford fors fox frost grace gran grant gray green gren guy
halko hall halla halme hans harja harju hauta heimo heinä helle helmi henna hetki hiekka hieta hill
holm honka hope hopea huhta hunter hurme hyvä hämärä ilma ilo ilta impi into iso jack jalava jalo
jan joutsen joy juuri jänis kaari kai kaiku kaino kallas kallio kangas kanto karhu kari kaste kauko
kaunis kauppi kaura kello kesä keto kettu kevät kielo kiiski king kirsi kock koivisto koivu koli
korva koskelo kotka kuisma kukka kukko kulta kumpu kuningas kunnas kuutti kylä kytö käki käpy kärki
laakso lahja laine laita lane lanko las latva lauha laukka laulu lee lehto lempi lepo leppä lilja
lind link linna linne lintu liv loimu lokki long los love lukko lund luoto luukko lyhyt löv maa
maininki maj major malmi manner mansikka marja mark marras mason mauno max may metsä mielikki miles
miller moss muisto musta mustikka myrsky mänty naava neva nick niitty norppa nuutti oiva oja ojala
oksa ole olle ora orm orvokki otava ove page paju pakka palo parta pat pearl pelto penny per pia
pihla pihlaja piper pitkä pohja poski price puisto punainen puro päivi päivä raita raitio raja ranta
rauha rauta rautio ray read rich rinne rob ros rose rune ruoho ruska rusty ruusu sade saga sage
salama salo sampo sana sandy sarka satu saukko savi savu seitti selkä seppä sini sirkka sirpa sisko
sisu sjö sky sointu sol sola sorsa sten stig strand ström sue sulka sulo summer suo suoja suvi syksy
säde taika taimi taisto taito talo tarmo taru tatu tauko taylor ten ter terho terva toivo tom tor
tora torni torppa toukka trip tuisku tuomas tuomi turner turva tyrsky tyyne tyyni tähkä ukko unelma
urho usko utu valkama valkea valo van vanha varis varpu vasa veikko veli vesa vieno viima vik vilja
vinter violet virta voima voitto von vuokko vuolle walker wall ward west white will wood young
"""
WORDS_TOO = frozenset(_TOO.split())
"""Further names that are words: Finnish, Swedish and English ones."""
