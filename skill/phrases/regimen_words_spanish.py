"""A regimen's numbers, days and clock times in the Spanish of the United States."""

from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal

from skill.phrases.regimen_words_rules import HALF, QUARTER, Noun, digits, in_words, parts

_SMALL = (
    *("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once"),
    *("doce", "trece", "catorce", "quince", "dieciséis", "diecisiete", "dieciocho", "diecinueve", "veinte"),
    *("veintiuno", "veintidós", "veintitrés", "veinticuatro", "veinticinco", "veintiséis", "veintisiete"),
    *("veintiocho", "veintinueve"),
)
_TENS = ("", "", "", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
_HUNDREDS = (
    *("", "ciento", "doscientos", "trescientos", "cuatrocientos", "quinientos", "seiscientos"),
    *("setecientos", "ochocientos", "novecientos"),
)
_WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre"),
    *("noviembre", "diciembre"),
)


class Spanish:
    """Spanish of the United States: a decimal point, clock times of twelve hours."""

    def __init__(self, *, spoken: bool) -> None:
        self._spoken = spoken

    def number(self, number: int, *, feminine: bool = False) -> str:
        if not self._spoken:
            return f"{number:,}"
        return _feminine(self._counted(number)) if feminine else self._counted(number)

    def _counted(self, number: int) -> str:
        if number < 30:
            return _SMALL[number]
        if number < 100:
            tens, ones = divmod(number, 10)
            return f"{_TENS[tens]} y {_SMALL[ones]}" if ones else _TENS[tens]
        if number == 100:
            return "cien"
        if number < 1000:
            hundreds, rest = divmod(number, 100)
            return f"{_HUNDREDS[hundreds]} {self._counted(rest)}" if rest else _HUNDREDS[hundreds]
        thousands, rest = divmod(number, 1000)
        scale = "mil" if thousands == 1 else f"{self._counted(thousands)} mil"
        return f"{scale} {self._counted(rest)}" if rest else scale

    def _before(self, number: int, noun: Noun) -> str:
        """A number before what it counts: "un", "veintiún" and "una", "doscientas"."""
        words = self._counted(number)
        if noun.feminine:
            return _feminine(words)
        if words.endswith("veintiuno"):
            return f"{words[:-4]}iún"
        return words[:-1] if words.endswith("uno") else words

    def amount(self, amount: Decimal, noun: Noun) -> str:
        whole, rest = parts(amount)
        if in_words(amount, noun, spoken=self._spoken):
            return self._with_part(whole, rest, noun)
        name = noun.one if amount == 1 else noun.other
        if not self._spoken:
            return f"{digits(amount)} {name}"
        if not rest:
            return f"{self._before(whole, noun)} {name}"
        point = " ".join(_SMALL[int(digit)] for digit in digits(rest)[2:])
        return f"{self._counted(whole)} punto {point} {name}"

    def _with_part(self, whole: int, rest: Decimal, noun: Noun) -> str:
        half = "media" if noun.feminine else "medio"
        if whole:
            part = {QUARTER: "cuarto", HALF: half, 3 * QUARTER: "tres cuartos"}[rest]
            return f"{self._before(whole, noun)} {noun.one if whole == 1 else noun.other} y {part}"
        if rest == HALF:
            return f"{half} {noun.one}"
        return f"{'un cuarto' if rest == QUARTER else 'tres cuartos'} de {noun.one}"

    def weekdays(self, weekdays: Sequence[int]) -> str:
        return self.join([f"el {_WEEKDAYS[day]}" for day in weekdays])

    def month_days(self, days: Sequence[int]) -> str:
        return self.join([f"el día {self.number(day)}" for day in days])

    def day(self, day: date, *, year: bool) -> str:
        month = _MONTHS[day.month - 1]
        if not self._spoken:
            return f"{day.day} de {month} de {day.year}"
        said = f"{'primero' if day.day == 1 else self._counted(day.day)} de {month}"
        return f"{said} de {self._counted(day.year)}" if year else said

    def dates(self, days: Sequence[date], *, year: bool) -> str:
        return self.join([f"el {self.day(day, year=year)}" for day in days])

    def clock(self, wall: time) -> str:
        if wall.minute == 0 and wall.hour % 12 == 0:
            if self._spoken:
                return "mediodía" if wall.hour else "medianoche"
            return "12:00 del mediodía" if wall.hour else "12:00 de la medianoche"
        hour = wall.hour % 12 or 12
        if not self._spoken:
            return f"{hour}:{wall.minute:02} {_part_of_day(wall)}"
        return f"{'una' if hour == 1 else _SMALL[hour]}{self._minutes(wall.minute)} {_part_of_day(wall)}"

    def _minutes(self, minute: int) -> str:
        if minute > 30:
            return f" {self._counted(minute)}"
        return {0: "", 15: " y cuarto", 30: " y media"}.get(minute, f" y {self._counted(minute)}")

    def at(self, walls: Sequence[time]) -> str:
        return self.join([self._at(wall) for wall in walls])

    def _at(self, wall: time) -> str:
        if self._spoken and wall.minute == 0 and wall.hour % 12 == 0:
            return "al mediodía" if wall.hour else "a medianoche"
        return f"{'a la' if wall.hour % 12 == 1 else 'a las'} {self.clock(wall)}"

    def join(self, parts: Sequence[str]) -> str:
        return " y ".join([*([", ".join(parts[:-1])] if parts[:-1] else []), parts[-1]])


def _feminine(number: str) -> str:
    words = number.replace("cientos", "cientas").replace("quinientos", "quinientas")
    return f"{words[:-1]}a" if words.endswith("uno") else words


def _part_of_day(wall: time) -> str:
    if wall < time(1) or wall >= time(19):
        return "de la noche"
    if wall < time(6):
        return "de la madrugada"
    return "de la mañana" if wall < time(12) else "de la tarde"
