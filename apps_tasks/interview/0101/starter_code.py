def longest_quiet(opening, closing, bookings):
    