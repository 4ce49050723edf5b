-- The same bytes for the floor of signing, which looks at none of them.
dofile("form.lua")
count_statuses = true
dofile("report.lua")

local count = 0

function request()
   count = count + 1
   local place = count * 64 + number
   return post("/", signing("Ilse+Varga", "signer" .. place .. "%40example.org", string.rep("0", 64)), visitor(place))
end
