"""Guesses the encoding of a text of unknown origin, with the evidence."""

from __future__ import annotations

import codecs
import re
import unicodedata

from layers.phrase import Phrase

HANZI = frozenset(
    "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可里后小心多天而能好都然没日"
    "于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身与高意进把法此实回二理美点月"
    "明其种声全工己者向情部正名定女问力机给等几业最间新打便位因重被走电四第门相次东政海口使教西再平真世气信北少关并内加化由代军"
    "产入先山五太水万市眼体别处总才场师书比住员九性通目华报立马命张活难神数件安表原车白应路期常提金何更反合放系计或司利受光王界"
    "及今京务制解各任至清物台象记边共风战干接它许八特望直服毛林题建南度统色字交论百义科元社术结六功指思非流每青管夫连远资队带花"
    "条院变联权往展领传近留红治周保达办运武半候七城强步革深区求品士转量空众技程告江语英基满式李极令黄德收未持设始双历越史商千片"
    "研像站广改议形委早房音火际首单导影网石兵校志飞观究包组造落济离兴龙航射卫星港桥岛湖泉酒昌县省镇村州河湾码仓库雷弹潜艇营试验"
    "测控洞峡岭川云贵浙苏沪津晋鲁豫陕甘宁藏疆蒙辽吉黑粤桂澳"
    "國個來說們為時後會學對過還發開無長這東車門馬點機場灣臺電風關軍產實現體務處動進運達總線義華廣島縣鄉鎮區橋龍鐵庫雲圖書業樓"
    "導彈衛號園觀測試驗潛艦營隊師團飛鵬澎蓮屏嘉彰雄里阿松斗酒沙漠戈壁塔盆屿陵"
    "駅県浜沢関広横須賀府宇宙駐屯種浦納佐世舞鶴呉湊厚木岩歳那覇沖縄崎岡阪戸古屋福札幌仙野静観間"
)
"""Chinese and Japanese, in the short forms of each and in the full ones."""

HANGUL = frozenset(
    "가각간갈감강개거건게격결경계고곡골공과관광교구국군굴권귀그극근금급기길김나남내너노논농다단달담당대덕도독동두둔등라락람랑래량"
    "러력련령로록론료루류륙률르를름리린림마만말망매면명모목몽무문물미민바박반발방배백번법벽변별병보복본봉부북분비사산살삼상새생서"
    "석선설섬성세소속손송수순술시식신실심아안암압앙양어언업에여역연열염영예오옥온완왕외요용우운울원월위유육은을음의이익인일임입"
    "자작장재저적전절정제조종주준중지진창채천철청체초촌추축충치칠침카타탄태터토통트특파판팔평포표풍하학한함합항해핵향현협호홍화확"
    "환황회후흥희센스"
)


_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),  # before UTF-16, whose mark begins the first
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_FREQUENT = frozenset("оеаинтсрвлкмдпуОЕАИНТСРВЛКМДПУ")
_CYRILLIC = ("cp1251", "koi8-r", "cp866")
_EAST_ASIAN = {
    "gb18030": Phrase("it reads as common Chinese characters"),
    "big5": Phrase("it reads as common Chinese characters of the full form"),
    "euc-kr": Phrase("it reads as common Korean syllables"),
    "shift_jis": Phrase("it reads as kana and common Japanese characters"),
}
_ENOUGH = 0.6
"""Least share of the characters that must be common ones."""
_CLEARLY = 0.55
"""Least lead, in shares of common characters, of another encoding over a likely Chinese one."""
_RUSSIAN_WORD = re.compile(r"[А-ЯЁ]?[а-яё]+|[А-ЯЁ]+")
_POLISH = re.compile(rb"[A-Za-z][\xa3\xa5\xaf\xb3\xb9\xbf\x8c\x8f\x9f][a-z]|\xa3\xf3d")
"""Letters of cp1250 where western Europe would have a sign within a word."""
_CZECH = re.compile(rb"\xec[a-z]*[\xe8\xf8]|[\xe8\xf8][a-z]*\xec|[a-z]\x9d")
"""Letters of Czech that no language of western Europe has side by side in a word."""
_DOTTED_CAPITAL, _CEDILLA = re.compile(rb"\xdd[cnsz]"), re.compile(rb"[A-Za-z]\xfe")
_TURKISH_LETTERS = frozenset("çğıöşüÇĞİÖŞÜâîû")


_WIDE = ("utf-32-le", "utf-32-be", "utf-16-le", "utf-16-be")
_SPACED = frozenset("\t\r\n\f ")
_OF_TABLES = frozenset("\t,;|.0123456789")
_LEAST_OF_TABLES, _MOST_ODD = 0.05, 0.02
_LONG_LINE = 1_000


def wide_encoding(data: bytes) -> str:
    """Recognise UTF-16 or UTF-32 and its order of bytes in a table without a mark; "" for anything else.

    The right reading has the delimiters and digits of a table, and hardly any invalid character. The bytes may end
    within a character.
    """
    shares = {encoding: _share_of_table(data, encoding) for encoding in _WIDE} if b"\0" in data else {"": 0.0}
    best = max(shares, key=lambda encoding: shares[encoding])
    return best if shares[best] >= _LEAST_OF_TABLES else ""


def _share_of_table(data: bytes, encoding: str) -> float:
    """Share of the text that is digits or separators of table cells; 0 where it is no text."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(data, final=False)
    except UnicodeDecodeError:
        return 0.0
    if not text or ("\n" not in text and "\r" not in text and len(text) < _LONG_LINE):
        return 0.0
    odd = sum(character not in _SPACED and unicodedata.category(character) in ("Cc", "Cn", "Co") for character in text)
    return sum(character in _OF_TABLES for character in text) / len(text) if odd <= len(text) * _MOST_ODD else 0.0


def known_encoding(name: str) -> str:
    """Python's name of an encoding as a .cpg file or a person writes it; "" for an unknown one."""
    text = name.strip().strip("\0").lower().replace("ansi ", "").replace("oem ", "")
    for candidate in (text, f"cp{text}", text.replace("windows-", "cp").replace("_", "-")):
        try:
            info = codecs.lookup(candidate)
        except (LookupError, ValueError, UnicodeError):
            continue
        return str(info.name) if getattr(info, "_is_text_encoding", True) else ""
    return ""


def guessed_encoding(data: bytes) -> tuple[str, str]:
    """The likeliest encoding, and why. The bytes may end within a character."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, Phrase("its first bytes say so")
    if data.isascii():
        return "utf-8", Phrase("it holds only ASCII")
    if _is_utf8(data):
        return "utf-8", Phrase("its bytes are valid UTF-8")
    if encoding := _east_asian(data):
        return encoding, _EAST_ASIAN[encoding]
    words = [word for word in re.findall(rb"[A-Za-z\x80-\xff]+", data) if not word.isascii()]
    if sum(len(word) > 1 and min(word) > 127 for word in words) * 2 > len(words):
        best = max(_CYRILLIC, key=lambda encoding: _russian(data, encoding))
        return best, Phrase("it reads as Russian with the letters as frequent as usual")
    return _latin(data)


def _east_asian(data: bytes) -> str:
    """The encoding in which the characters are common ones; "" where there is none. In doubt not another than before:
    GB 18030 where most characters have their place among its frequent ones, and Russian where that reads well."""
    shares = {}
    for encoding in _EAST_ASIAN:
        characters = _many_byte(data, encoding)
        shares[encoding] = sum(map(_is_common, characters)) / len(characters) if len(characters) > 1 else 0.0
    best = max(shares, key=lambda encoding: shares[encoding])  # of equal ones the first
    is_chinese = _chinese(data)
    needed = max(_ENOUGH, shares["gb18030"] + _CLEARLY if is_chinese else 0.0)
    if best != "gb18030" and shares[best] >= needed and (is_chinese or not _reads_as_russian(data)):
        return best
    return "gb18030" if is_chinese or (best == "gb18030" and shares[best] >= _ENOUGH) else ""


def _reads_as_russian(data: bytes) -> bool:
    """True where one of the three spells all words as Russian ones; capitals alone need frequent letters."""
    for encoding in _CYRILLIC:
        text = data.decode(encoding, "replace")
        words = [word for word in re.findall(r"\w+", text) if not word.isascii()]
        letters = "".join(letter for letter in text if ord(letter) > 127)
        share = sum(letter in _FREQUENT for letter in letters) / len(letters)
        are_words = all(_RUSSIAN_WORD.fullmatch(word) for word in words)
        if are_words and share >= (0.8 if letters.isupper() else 0.5) and letters.isalpha():
            return True
    return False


def _many_byte(data: bytes, encoding: str) -> str:
    """The characters beyond ASCII, without the signs that all languages share; "" where it does not decode."""
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(data, final=False)
    except UnicodeDecodeError:
        return ""
    return "".join(character for character in text if ord(character) > 127 and not "\u3000" <= character <= "\u303f")


def _is_common(character: str) -> bool:
    return "\u3041" <= character <= "\u30ff" or character in HANZI or character in HANGUL


def _latin(data: bytes) -> tuple[str, str]:
    if _POLISH.search(data) or _CZECH.search(data):
        return "cp1250", Phrase("it has letters of central Europe within its words")
    letters = {letter for letter in data.decode("cp1254", "replace") if ord(letter) > 127 and letter.isalpha()}
    # Icelandic has no ç or ü, and its þ is the byte of ş.
    has_cedilla = bool(letters & {"ç", "ü"}) and _CEDILLA.search(data)
    if letters <= _TURKISH_LETTERS and (has_cedilla or _DOTTED_CAPITAL.search(data)):
        return "cp1254", Phrase("it has letters of Turkish within its words")
    unsure = Phrase("central European and Turkish letters look alike: choose another encoding where names are wrong")
    return "cp1252", Phrase("single accented letters, as in western Europe; {unsure}", unsure=unsure)


def _is_utf8(data: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=False)
    except UnicodeDecodeError:
        return False
    return True


def _chinese(data: bytes) -> bool:
    """Russian in cp1251 is often valid GB 18030 too, but reads as rare characters; real Chinese is mostly common."""
    try:
        text = codecs.getincrementaldecoder("gb18030")().decode(data, final=False)
    except UnicodeDecodeError:
        return False
    codes = [character.encode("gb18030") for character in text if ord(character) > 127]
    # Not with an ASCII letter for its second byte, as "Ålesund" in cp1252 would have.
    frequent = [code for code in codes if 0xA1 <= code[0] <= 0xA3 or 0xB0 <= code[0] <= 0xD7]
    common = sum(not code[1:2].isalpha() for code in frequent)
    return common * 4 >= len(codes) * 3


def _russian(data: bytes, encoding: str) -> int:
    text = data.decode(encoding, "replace")
    letters = sum(character in _FREQUENT for character in text)
    # In the wrong one of the three, small letters turn up after which a capital follows, and box drawings.
    odd = len(re.findall(r"[а-яё][А-ЯЁ]", text)) + sum("─" <= character <= "▟" for character in text)
    return letters - 3 * odd
