"""Encodings of short names, as tables of places hold them; and what cannot be told is said."""

import pytest

from layers.text.text_encoding import guessed_encoding, known_encoding

NAMES = {
    "big5": ["臺北松山機場", "國家中山科學研究院九鵬基地", "阿里山", "馬公", "高雄港", "花蓮空軍基地"],
    "euc-kr": ["나로우주센터", "평양순안국제공항", "영변", "서울", "서해위성발사장", "동창리"],
    "shift_jis": ["種子島宇宙センター", "内之浦宇宙空間観測所", "東京", "横須賀", "カデナ", "嘉手納飛行場", "つくば"],
    "gb18030": ["酒泉卫星发射中心", "文昌", "西昌", "东风航天城", "北斗", "喀什", "和田", "臺北", "敦煌"],
    "cp1251": ["Байконур", "Восточный", "Плесецк", "Хоргос", "комплекс", "ЦНИИМАШ", "Ёлка", "Энгельс"],
    "koi8-r": ["Восточный", "Плесецк"],
    "cp866": ["Байконур", "Восточный", "Плесецк", "комплекс", "Хоргос", "Мурманск"],
    "cp1252": [
        "Malé", "Zürich", "São Paulo", "Plößberg", "Évreux", "København", "Tromsø", "Reykjavík", "Garður",
        "Þorlákshöfn", "Ålesund", "Alþingi",
        "Ísafjörður", "Seyðisfjörður", "Forlì", "Orléans", "A Coruña", "crème brûlée", "Nový", "Ýmir", "5 km³",
    ],
    "cp1250": ["Łódź", "Kłodzko", "Děčín", "Příbram a Žďár, Děčín"],
    "cp1254": ["İstanbul", "Eskişehir, Diyarbakır, Akçakale", "İncirlik", "Kütahya, Muş"],
}  # fmt: skip
CASES = [(encoding, name) for encoding, names in NAMES.items() for name in names]


@pytest.mark.parametrize(("encoding", "name"), CASES)
def test_the_encoding_of_one_short_name(encoding, name):
    text = f"name,lat,lon\n{name},51.5,128.25\n"
    found, evidence = guessed_encoding(text.encode(encoding))
    assert text.encode(encoding).decode(found) == text, found
    assert evidence


@pytest.mark.parametrize("encoding", NAMES)
def test_of_several_names_the_encoding_is_known(encoding):
    text = "".join(f"{name},51.5,128.25\n" for name in NAMES[encoding])
    for cut in (0, 1):  # a look may end within a character
        data = text.encode(encoding)
        assert known_encoding(guessed_encoding(data[: len(data) - cut])[0]) == known_encoding(encoding)


def test_the_evidence_says_what_was_seen():
    said = {encoding: guessed_encoding("".join(names).encode(encoding))[1] for encoding, names in NAMES.items()}
    assert "Korean" in said["euc-kr"]
    assert "kana" in said["shift_jis"]
    assert "full form" in said["big5"]
    assert "Turkish" in said["cp1254"]
    assert "central Europe" in said["cp1250"]
    assert "choose another encoding where names are wrong" in guessed_encoding("Gdańsk".encode("cp1250"))[1]
