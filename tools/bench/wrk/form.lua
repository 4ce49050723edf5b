-- What a browser sends when a visitor presses the button.
local names = {}

function read_lines(path)
   local lines = {}
   for line in io.lines(path) do table.insert(lines, line) end
   return lines
end

function visitor(number)
   return string.format("10.%d.%d.%d", math.floor(number / 65536) % 256, math.floor(number / 256) % 256, number % 256)
end

function post(path, body, from)
   return wrk.format("POST", path, {
      ["Host"] = wrk.headers["Host"],
      ["X-Forwarded-Proto"] = "https",
      ["X-Forwarded-For"] = from,
      ["Origin"] = "https://" .. wrk.headers["Host"],
      ["Content-Type"] = "application/x-www-form-urlencoded",
   }, body)
end

function signing(name, email, version)
   return "version=" .. version .. "&name=" .. name .. "&email=" .. email ..
      "&sector=music&credit=composer+and+arranger&kind=person&organisation=&visibility=public&further="
end
