-- GET of one address.
dofile("report.lua")
