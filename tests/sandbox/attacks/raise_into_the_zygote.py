raise BaseException('out')
