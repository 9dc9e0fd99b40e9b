def smallest_battery(legs, gains, trips):
    