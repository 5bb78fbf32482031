"""Names are found in the forms that Finnish gives them, and words that look like them are not.

Both lists were written by hand, as people write such names and words in notes.
"""

import unicodedata

import pytest

from service.research.name_forms import NameForms

# A name, and forms of it in running text.
FORMS = """
Virtanen: Virtanen Virtasen Virtasta Virtaselle Virtaseen Virtaset Virtasten Virtasia virtasella
Niemi: Niemi Niemen Niemeä Niemelle Niemestä Niemet Niemien Niemikin Niemeen
Mäki: Mäki Mäen Mäkeä Mäelle Mäestä Mäellä Mäkikin Mäkien
Lahti: Lahti Lahden Lahtea Lahdelle Lahdesta Lahdet
Heikki: Heikki Heikin Heikkiä Heikille Heikistä heikkikin Heikit
Järvi: Järven Järveä Järvelle
Joki: Joen Jokea Joelle Joella
Saari: Saaren Saarta Saarelle
Uusitalo: Uusitalon Uusitaloa Uusitalolle
Haapaniemi: Haapaniemen Haapaniemelle haapaniemeltä
Kivijärvi: kivijärven Kivijärveä
Koskinen: Koskisen Koskiselta Koskista
Aalto: Aallon Aaltoa Aallolle
Ranta: Rannan Rantaa Rannalle
Lampi: Lammen Lampea Lammelle
Mäkelä: Mäkelän Mäkelää Mäkelöitä Mäkelälle
Pekka: Pekan Pekkaa Pekalle Pekat
Jukka: Jukan Jukkaa jukalta
Matti: Matin Mattia Matille Matista
Kerttu: Kertun Kerttua Kertulle
Antti: Antin Anttia antille
Pentti: Pentin Penttiä
Jaakko: Jaakon Jaakkoa Jaakolle
Erkki: Erkin Erkkiä
Seppälä: Seppälän Seppälää
Satu: Sadun Satua Sadulle
Outi: Outin Outia Outille
Kati: Katin Katille
Ville: Villen Villeä Villelle
Laine: Laineen Lainetta Laineelle
Markus: Markuksen Markusta Markukselle markukseen
Tuomas: Tuomaksen Tuomaan Tuomasta Tuomaalle
Kangas: Kankaan Kangasta Kankaalle
Hannes: Hanneksen Hannekselle
Erik: Erikin Erikiä Erikille Erikiltä
Oskar: Oskarin Oskarille
Lundström: Lundströmin Lundströmille Lundströms
Svensson: Svenssons Svenssonin
Marja-Leena: Marja-Leenan Leenalle Marja-Leenakin
Aurinko: Auringon Aurinkoa
Kurki: Kurjen Kurkea Kurjelle
Salo: Salon Saloa Salolle
Toivo: Toivon Toivolle Toivoa
Bo: Bo Bolle
Ek: Ek Eks
O'Brien: O'Brien O'Brienin O’Brien O’Brien’s
O’Neill: O'Neill O’Neillin
José: José Jose Josén Joselle
García: Garcia Garcían
Müller: Muller Müllerin Mullerille
Rinne: Rinteen Rinteellä Rinnettä
Ahde: Ahteen Ahteelle
Nummi: Nummen Nummelle
Käki: Käen Käelle
Per: Per Perin Pers
Pia: Pian Pialle
Hans: Hansin Hansille
Page: Page Page's
"""
# Names, and words of notes that are none of their forms, or not names as they are written.
WORDS = """
Toivo: toivo toivon toivoo toivottaa toivonsa toivomus
Ilo: ilo ilon iloinen iloa ilmoitus
Aino: aino ainoa ainoan ainoastaan ainoaa
Satu: satu sadun satunnainen satuttaa
Niemi: niemi niemen niemimaa
Mäki: mäki mäen mäkinen
Lahti: lahden lahti lahja
Järvi: järven järvi järjestelmä järjestys
Joki: joen joki jokin jokainen jokaisen
Koski: koskee koski koskaan koskettaa
Saari: saaren saari saarelle
Uusi: uusi uuden uutta uusin uutinen
Aalto: aallon aalto
Anna: anna annan annetaan antaa
Anne: anteeksi annettu annos
Kai: kai kaikki kaikille kaihdin
Tuomas: tuomaan tuomas tuomio
Päivi: päiviä päivä päivitys
Marja: marjan marjat
Usko: uskon uskoo uskoa
Mika: mikä mikään missä minkä
Ville: villi villaa
Pekka: pakka pekoni
Maija: maja majan
Matti: matto maton mato
Kari: karsii kartta kartan
Outi: outo oudon outoa
Virtanen: virta virtaa virtasi virran
Heli: heleä helppo helpon
Ali: alin alla alas alempi alue
Bo: bo bonus boxi
Li: Lista lista liian liikaa
Timo: timantti
Sari: sarja sarake sarjan
Kalle: kallis kallein kallo
Seppo: seppä seppele
Ari: arin ariin
Ranta: rannan rantaan
Salo: salon
Laine: laine laineen lainaa lainata
Pia: pian
Ellen: ellen
Ole: ole olen olet
Olle: ollen
Ove: ove oven
Alla: alla allaan
Page: page pages
Link: link links
Björn: björn
Hans: hans
Per: per
Stig: stig
Tom: tom
Maj: maj
Max: max
Kello: kello kellon
André: andre
van: van
Rinne: rinnettä rinnakkain rinteen
"""


def pairs(table):
    for line in table.strip().splitlines():
        name, _, words = line.partition(": ")
        for word in words.split():
            yield name, word


def is_found(name, word):
    return bool(list(NameForms([name]).places_in(f"soitti {word} eilen")))


def test_the_lists_are_long_enough_to_measure():
    assert len(list(pairs(FORMS))) > 150
    assert len(list(pairs(WORDS))) > 100


def test_every_form_of_a_name_is_found():
    assert [each for each in pairs(FORMS) if not is_found(*each)] == []


def test_words_are_not_taken_for_names():
    assert [each for each in pairs(WORDS) if is_found(*each)] == []


def test_a_name_is_found_whose_marks_are_characters_of_their_own():
    text = unicodedata.normalize("NFD", "ja Mäellä on")
    [(start, end)] = NameForms(["Mäki"]).places_in(text)
    assert unicodedata.normalize("NFC", text[start:end]) == "Mäellä"
    assert list(NameForms([unicodedata.normalize("NFD", "Mäki")]).places_in("ja Mäellä on"))


def test_a_particle_of_a_name_is_no_name():
    assert list(NameForms(["Anna van den Berg"]).places_in("C den nya är så van")) == []


@pytest.mark.parametrize("text", ["Toivon tulosta", "Maen", ""])
def test_only_whole_names_count(text):
    assert list(NameForms(["Mäki", "Maija"]).places_in(text)) == []
