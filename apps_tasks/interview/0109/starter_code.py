def visible_areas(posters):
    