-- wrk -s post.lua URL -- FILE TYPE: posts the file's bytes.
function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  local body = file:read("*a")
  file:close()
  message = wrk.format("POST", wrk.path, { ["Content-Type"] = arguments[2] }, body)
end

function request()
  return message
end
