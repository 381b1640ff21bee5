//! Business days and the time a sale is booked at. Guinea keeps UTC all year; a shop's days are UTC days.

use serde::{Deserialize, Serialize};
use std::fmt;

pub const DAY_MS: i64 = 86_400_000;

/// A calendar day, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i64);

impl Day {
    pub fn of_ms(time_ms: i64) -> Self {
        Self(time_ms.div_euclid(DAY_MS))
    }

    /// Year, month and day of the month, by Howard Hinnant's `civil_from_days`.
    pub fn civil(self) -> (i64, u8, u8) {
        let shifted = self.0 + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u8;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 } as u8;
        (era * 400 + year_of_era + i64::from(month <= 2), month, day)
    }

    /// The day of a civil date, by Hinnant's `days_from_civil`.
    pub fn from_civil(year: i64, month: u8, day: u8) -> Option<Self> {
        let year_from_march = if month <= 2 { year - 1 } else { year };
        let era = year_from_march.div_euclid(400);
        let year_of_era = year_from_march.rem_euclid(400);
        let month_from_march = (i64::from(month) + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        let found = Self(era * 146_097 + day_of_era - 719_468);
        (found.civil() == (year, month, day)).then_some(found)
    }

    /// `2026-11-27`: as days sort by their names, and as a browser's field for days has it.
    pub fn iso(self) -> String {
        let (year, month, day) = self.civil();
        format!("{year:04}-{month:02}-{day:02}")
    }

    /// `2026-11-27`, or `27/11/2026` as people write it; from 1970 on.
    pub fn parse(typed: &str) -> Option<Self> {
        let parts: Vec<&str> = typed.split(['-', '/']).map(str::trim).collect();
        let (year, month, day) = match parts.as_slice() {
            [year, month, day] if year.len() == 4 => (year, month, day),
            [day, month, year] if year.len() == 4 => (year, month, day),
            _ => return None,
        };
        let year = year.parse().ok().filter(|year| *year >= 1970)?;
        Self::from_civil(year, month.parse().ok()?, day.parse().ok()?)
    }
}

/// `DD/MM/YYYY`.
impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(out, "{day:02}/{month:02}/{year:04}")
    }
}

/// `14:05`.
pub fn time(time_ms: i64) -> String {
    let minutes = time_ms.rem_euclid(DAY_MS) / 60_000;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// `23/11/2026 14:05`.
pub fn date_time(time_ms: i64) -> String {
    format!("{} {}", Day::of_ms(time_ms), time(time_ms))
}

/// When a thing was done, as the device can know it: its own clock, and how far that was from the server's at the
/// last contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceTime {
    /// The device's clock, in milliseconds since 1970.
    pub device_ms: i64,
    /// Server's clock minus device's at the last contact, in milliseconds.
    pub skew_ms: i64,
    /// The server's clock at the last contact.
    pub contact_ms: i64,
}

/// A time the books use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookedTime {
    pub at_ms: i64,
    /// The device's word was impossible, and was moved to the nearest possible time.
    pub clamped: bool,
}

impl DeviceTime {
    /// The device's time corrected by the skew, clamped between its last contact and the receipt of the mutation.
    /// A clock decides nothing else (G10).
    pub fn booked(self, received_ms: i64) -> BookedTime {
        let corrected = self.device_ms.saturating_add(self.skew_ms);
        let earliest = self.contact_ms.clamp(0, received_ms);
        let at_ms = corrected.clamp(earliest, received_ms);
        BookedTime { at_ms, clamped: at_ms != corrected }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_written_in_one_of_two_ways() {
        let day = Day::from_civil(2026, 8, 31).unwrap();
        assert_eq!(day.iso(), "2026-08-31");
        for typed in ["2026-08-31", "31/08/2026", "31 / 8/2026"] {
            assert_eq!(Day::parse(typed), Some(day), "{typed}");
        }
        let wrong = [
            "",
            "2026",
            "2026-08",
            "2026-02-30",
            "31-08-26",
            "08/31/2026",
            "0001-01-01",
            "2026-08-31-01",
            "-1-1-1",
            "x-y-zzzz",
            "9999999999999999999-01-01",
        ];
        for typed in wrong {
            assert_eq!(Day::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn days_are_civil_days() {
        assert_eq!(Day::of_ms(0).to_string(), "01/01/1970");
        assert_eq!(Day::of_ms(1_795_392_000_000).civil(), (2026, 11, 23));
        assert_eq!(Day::from_civil(2024, 2, 29).unwrap().to_string(), "29/02/2024");
        assert_eq!(Day::from_civil(2023, 2, 29), None);
        for day in (-800_000..800_000).step_by(97) {
            let (year, month, date) = Day(day).civil();
            assert_eq!(Day::from_civil(year, month, date), Some(Day(day)));
        }
    }

    #[test]
    fn clock_two_years_ahead_is_clamped_and_flagged() {
        let contact_ms = 1_000_000_000_000;
        let received_ms = contact_ms + 5_000;
        let ahead = DeviceTime { device_ms: contact_ms + 2 * 365 * DAY_MS, skew_ms: 0, contact_ms };
        assert_eq!(ahead.booked(received_ms), BookedTime { at_ms: received_ms, clamped: true });
        let behind = DeviceTime { device_ms: 0, skew_ms: 0, contact_ms };
        assert_eq!(behind.booked(received_ms), BookedTime { at_ms: contact_ms, clamped: true });
        let honest = DeviceTime { device_ms: 1_000, skew_ms: contact_ms, contact_ms };
        assert_eq!(honest.booked(received_ms), BookedTime { at_ms: contact_ms + 1_000, clamped: false });
        let absurd = DeviceTime { device_ms: i64::MAX, skew_ms: i64::MAX, contact_ms: i64::MIN };
        assert_eq!(absurd.booked(received_ms).at_ms, received_ms);
    }
}
