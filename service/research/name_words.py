"""Names that are words as well: in a text they are names only with a capital letter."""

OLD_WORDS_IN_I = (
    "arki", "hanhi", "hauki", "henki", "hiiri", "hirvi", "joki", "järki", "järvi", "kaski",
    "kieli", "kivi", "korpi", "koski", "kurki", "kuusi", "kylki", "käsi", "lahti", "lampi", "lehti",
    "lohi", "lumi", "meri", "mieli", "mäki", "niemi", "nuori", "nurmi", "onni", "ovi", "pieni",
    "pilvi", "polvi", "reki", "saari", "salmi", "sarvi", "susi", "suuri", "suvi", "talvi", "tammi",
    "toimi", "tuli", "tuuli", "tyvi", "tähti", "uusi", "vesi", "vuori", "väki",
)  # fmt: skip
"""Old words in -i whose stem is in -e-; many surnames are one of them or end in one."""

_TOO = """
aalto aamu aarre ahde aho ahti ahven aino alanko alho ali alku alm anna ansa ansio apaja ari
armas armo aro art arvo ask asta aura autio auvo bell berg bill björk black bo bond bror brown
chance church clay cook dag dal dale dean drew ek eld faith falk field fisher ford fors fox
frost grace gran grant gray green gren halko hall halla halme harja harju hauta heimo heinä
helle helmi henna hetki hiekka hieta hill holm honka hope hopea huhta hunter hurme hyvä hämärä
ilma ilo ilta impi into iso jack jalava jalo joutsen joy juuri jänis kaari kai kaiku kaino
kallas kallio kangas kanto karhu kari kaste kauko kaunis kauppi kaura kesä keto kettu kevät
kielo kiiski king kirsi kock koivisto koivu koli korva koskelo kotka kuisma kukka kukko kulta
kumpu kuningas kunnas kuutti kylä kytö käki käpy kärki laakso lahja laine laita lane lanko latva
lauha laukka laulu lee lehto lempi lepo leppä lilja lind linna lintu loimu lokki long love lukko
lund luoto luukko lyhyt löv maa maininki major malmi manner mansikka marja mark marras mason
mauno may metsä mielikki miles miller moss muisto musta mustikka myrsky mänty naava neva nick
niitty norppa nuutti oiva oja ojala oksa ora orm orvokki otava paju pakka palo parta pat pearl
pelto penny pihla pihlaja piper pitkä pohja poski price puisto punainen puro päivi päivä raita
raitio raja ranta rauha rauta rautio ray rich rinne rob ros rose ruoho ruska rusty ruusu sade
sage salama salo sampo sana sandy sarka satu saukko savi savu seitti selkä seppä sini sirkka
sirpa sisko sisu sjö sky sointu sol sola sorsa sten strand ström sue sulka sulo summer suo suoja
suvi syksy säde taimi taisto taito talo tarmo taru tatu tauko taylor terho terva toivo tora
torni torppa toukka trip tuisku tuomas tuomi turner turva tyrsky tyyne tyyni tähkä ukko unelma
urho usko utu valkama valkea valo vanha varis varpu vasa veikko veli vesa vieno viima vik vilja
vinter violet virta voima voitto vuokko vuolle walker ward west white will wood young
"""
WORDS_TOO = frozenset(_TOO.split())
"""Further names that are words: Finnish, Swedish and English ones."""
