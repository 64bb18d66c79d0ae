from mod_python import apache


def handler(req):
    req.content_type = "text/html; charset=utf-8"
    req.headers_out.add("Set-Cookie", "basket=3; Path=/filters/shop")
    req.headers_out.add("Set-Cookie", "visitor=4711; Path=/; Max-Age=31536000")
    req.write("<!DOCTYPE html>\n<title>A shop</title>\n")
    req.write('<meta http-equiv="Set-Cookie" content="again=4711; Max-Age=31536000">\n')
    req.write("<p>Three things are in your basket.</p>\n")
    return apache.OK
